//! How long to wait before looking again.

use std::time::Duration;

/// The longest pause is so many times the shortest one.
const RANGE: u32 = 64;

/// Short after something happened, and twice as long each time that nothing did.
#[derive(Debug)]
pub(crate) struct Pause {
    next: Duration,
    longest: Duration,
}

impl Pause {
    pub(crate) fn up_to(longest: Duration) -> Self {
        Pause {
            next: longest / RANGE,
            longest,
        }
    }

    pub(crate) fn shorten(&mut self) {
        self.next = self.longest / RANGE;
    }

    pub(crate) fn take(&mut self) -> Duration {
        let pause = self.next;
        self.next = self.longest.min(pause.saturating_mul(2));
        pause
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pause;

    #[test]
    fn it_doubles_up_to_the_longest() {
        let mut pause = Pause::up_to(Duration::from_millis(128));
        let taken: Vec<_> = (0..8).map(|_| pause.take().as_millis()).collect();
        assert_eq!(taken, [2, 4, 8, 16, 32, 64, 128, 128]);
        pause.shorten();
        assert_eq!(pause.take().as_millis(), 2);
    }
}
