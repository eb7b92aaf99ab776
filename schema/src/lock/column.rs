use std::fmt;

/// One column of a read model's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedColumn {
    /// What it holds, in a word like `integer`.
    pub kind: String,
    /// Whether it may hold null.
    pub nullable: bool,
    /// Its place in the key, from 1; `None` where it is no part of it.
    pub key: Option<u32>,
    /// Whether it has an index of its own.
    pub index: bool,
}

impl LockedColumn {
    /// Reads what [`Display`](fmt::Display) writes; `None` where it is something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(", ");
        let of_type = parts.next()?;
        let kind = of_type.strip_suffix(" or null").unwrap_or(of_type);
        let mut column = LockedColumn {
            kind: kind.to_owned(),
            nullable: kind != of_type,
            key: None,
            index: false,
        };
        for part in parts {
            match part.strip_prefix("key ") {
                Some(place) => column.key = Some(place.parse().ok()?),
                None if part == "index" => column.index = true,
                None => return None,
            }
        }
        let is_word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase());
        // There is one way to write each column, so that nothing is passed over.
        (is_word && column.to_string() == text).then_some(column)
    }
}

/// `integer, index` or `text or null`.
impl fmt::Display for LockedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if self.nullable {
            f.write_str(" or null")?;
        }
        if let Some(place) = self.key {
            write!(f, ", key {place}")?;
        }
        if self.index {
            f.write_str(", index")?;
        }
        Ok(())
    }
}
