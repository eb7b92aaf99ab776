//! The rows of a binary `COPY`, where they lie in the messages in which they came.
//!
//! [The format](https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS): a header, then for each row the number
//! of its columns in two bytes, and for each column the number of its bytes in four, or -1 where it is null; at the end, -1 instead
//! of a number of columns. [A message](https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY) holds whole rows.

use crate::store::postgres::event_row::Binary;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// How many columns a row has at most.
const COLUMNS: usize = 12;

/// The rows of a message.
pub(super) struct CopiedRows<'m> {
    rest: &'m [u8],
    is_header: bool,
}

impl<'m> CopiedRows<'m> {
    pub(super) fn of(message: &'m [u8]) -> Self {
        let row = message.strip_prefix(SIGNATURE);
        CopiedRows {
            rest: row.unwrap_or(message),
            is_header: row.is_some(),
        }
    }

    /// # Errors
    /// Where the message is none of such a copy.
    pub(super) fn next(&mut self) -> Result<Option<CopiedRow<'m>>, sqlx::Error> {
        if self.is_header {
            let _flags: [u8; 4] = self.fixed()?;
            let extension = u32::from_be_bytes(self.fixed()?);
            self.taken(extension as usize)?;
            self.is_header = false;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let whole = self.rest;
        let Ok(columns) = usize::try_from(i16::from_be_bytes(self.fixed()?)) else {
            return Ok(None);
        };
        let mut row = CopiedRow {
            values: [None; COLUMNS],
            columns,
            bytes: whole,
        };
        for value in row.values.get_mut(..columns).ok_or_else(garbled)? {
            let length = i32::from_be_bytes(self.fixed()?);
            if let Ok(length) = usize::try_from(length) {
                *value = Some(self.taken(length)?);
            }
        }
        row.bytes = &whole[..whole.len() - self.rest.len()];
        Ok(Some(row))
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], sqlx::Error> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(garbled)?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn taken(&mut self, length: usize) -> Result<&'m [u8], sqlx::Error> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(garbled)?;
        self.rest = rest;
        Ok(bytes)
    }
}

/// A row, whose columns lie in the message.
pub(super) struct CopiedRow<'m> {
    values: [Option<&'m [u8]>; COLUMNS],
    columns: usize,
    /// All of it, as a message has it.
    pub(super) bytes: &'m [u8],
}

impl Binary for CopiedRow<'_> {
    fn value(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error> {
        match self
            .values
            .get(..self.columns)
            .and_then(|values| values.get(column))
        {
            Some(value) => Ok(*value),
            None => Err(sqlx::Error::ColumnIndexOutOfBounds {
                index: column,
                len: self.columns,
            }),
        }
    }

    /// All JSON is copied as text.
    fn json(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error> {
        self.value(column)
    }
}

#[cold]
fn garbled() -> sqlx::Error {
    sqlx::Error::Decode("a row of a copy is not whole".into())
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, CopiedRows, SIGNATURE};
    use crate::store::postgres::event_row::Binary;

    const HEADER: &[u8] = b"\0\0\0\0\0\0\0\x03ext";
    const ROW: &[u8] = b"\0\x03\0\0\0\x02ab\xff\xff\xff\xff\0\0\0\0";
    const END: &[u8] = b"\xff\xff";

    fn rows(message: &[u8]) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        let mut copied = CopiedRows::of(message);
        let mut rows = Vec::new();
        while let Some(row) = copied.next()? {
            assert!(row.value(row.columns).is_err());
            assert_eq!(row.bytes, ROW);
            let values = (0..row.columns).map(|column| row.value(column));
            let texts = values.map(|value| {
                let text = value?.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                Ok::<_, sqlx::Error>(text)
            });
            rows.push(texts.collect::<Result<_, _>>()?);
        }
        Ok(rows)
    }

    #[test]
    fn rows_are_read_wherever_a_message_begins_and_ends() {
        let row = || vec![Some("ab".to_owned()), None, Some(String::new())];
        assert_eq!(rows(ROW).expect("whole"), [row()]);
        assert_eq!(rows(END).expect("whole"), [[]; 0]);
        let first = [SIGNATURE, HEADER, ROW].concat();
        assert_eq!(rows(&first).expect("whole"), [row()]);
        let header_alone = [SIGNATURE, HEADER].concat();
        assert_eq!(rows(&header_alone).expect("whole"), [[]; 0]);
        let all = [SIGNATURE, HEADER, ROW, ROW, END].concat();
        assert_eq!(rows(&all).expect("whole"), [row(), row()]);
    }

    #[test]
    fn what_is_no_row_is_an_error() {
        for end in 1..ROW.len() {
            assert!(rows(&ROW[..end]).is_err(), "{end} bytes");
        }
        let header = [SIGNATURE, HEADER].concat();
        for end in SIGNATURE.len()..header.len() {
            assert!(rows(&header[..end]).is_err(), "{end} bytes");
        }
        let too_many = i16::try_from(COLUMNS + 1).expect("few").to_be_bytes();
        assert!(rows(&too_many).is_err());
    }
}
