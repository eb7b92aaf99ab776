//! The rows of a binary copy, which come in pieces that end anywhere.

/// A signature of 11 bytes, flags, and the length of what else the header holds.
const HEADER: usize = 19;

/// What has come and is no whole row yet.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    bytes: Vec<u8>,
    is_begun: bool,
    is_ended: bool,
}

impl Rows {
    /// Takes in a piece, and hands out each row that is whole.
    pub(crate) fn take_in(&mut self, chunk: &[u8], mut row: impl FnMut(&str, &[u8])) {
        self.bytes.extend_from_slice(chunk);
        let mut done = 0;
        if !self.is_begun {
            let Some(extension) = number(&self.bytes, HEADER - 4) else {
                return;
            };
            done = HEADER + extension as usize;
            self.is_begun = true;
        }
        while !self.is_ended {
            let Some(fields) = self.bytes.get(done..done + 2) else {
                break;
            };
            if fields == [0xff, 0xff] {
                self.is_ended = true;
                break;
            }
            let Some((stream, next)) = field(&self.bytes, done + 2) else {
                break;
            };
            let Some((payload, next)) = field(&self.bytes, next) else {
                break;
            };
            row(std::str::from_utf8(stream).expect("text"), payload);
            done = next;
        }
        self.bytes.drain(..done.min(self.bytes.len()));
    }
}

/// A field at a place, and the place after it.
fn field(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let length = usize::try_from(number(bytes, at)?).expect("no column is null");
    let end = at + 4 + length;
    Some((bytes.get(at + 4..end)?, end))
}

fn number(bytes: &[u8], at: usize) -> Option<i32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(i32::from_be_bytes(bytes.try_into().ok()?))
}
