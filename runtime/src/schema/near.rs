//! Names that somebody may have meant.

/// The known name that is nearest to a wrong one; `None` where all are far.
pub(super) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let near = known.into_iter().map(|name| {
        let likeness = strsim::jaro_winkler(&lower, &name.to_lowercase());
        (likeness, name)
    });
    let nearest = near.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (nearest.0 > 0.8).then_some(nearest.1)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let known = ["account.opened", "account.closed", "money.withdrawn"];
        assert_eq!(nearest("acount.opened", known), Some("account.opened"));
        assert_eq!(nearest("Account.Closed", known), Some("account.closed"));
        assert_eq!(nearest("withdrawn", known), None);
        assert_eq!(nearest("order", known), None);
        assert_eq!(nearest("a", []), None);
    }
}
