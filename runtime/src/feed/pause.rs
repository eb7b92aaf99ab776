//! How long to wait before looking again.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(1);

/// Short after something happened, and twice as long each time that nothing did.
#[derive(Debug)]
pub(super) struct Pause {
    next: Duration,
    longest: Duration,
}

impl Pause {
    pub(super) fn up_to(longest: Duration) -> Self {
        Pause {
            next: SHORTEST,
            longest,
        }
    }

    pub(super) fn shorten(&mut self) {
        self.next = SHORTEST;
    }

    pub(super) fn take(&mut self) -> Duration {
        let pause = self.next.min(self.longest);
        self.next = pause.saturating_mul(2);
        pause
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pause;

    #[test]
    fn it_doubles_up_to_the_longest() {
        let mut pause = Pause::up_to(Duration::from_millis(5));
        let taken: Vec<_> = (0..5).map(|_| pause.take().as_millis()).collect();
        assert_eq!(taken, [1, 2, 4, 5, 5]);
        pause.shorten();
        assert_eq!(pause.take().as_millis(), 1);
    }
}
