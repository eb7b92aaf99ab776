//! The account file.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::AccountNumber;
use super::fault::{Faults, Misread, Place};
use super::fields::{Field, same_fields};
use super::file::{AscFile, Line};
use crate::account::{District, Statements};

/// One account, as the bank opened it.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedAccount {
    pub number: AccountNumber,
    pub district: District,
    pub statements: Statements,
    pub date: NaiveDate,
    /// The line of the file, which is kept with the event.
    pub line: String,
    pub place: Place,
}

const HEADER: [&str; 4] = ["account_id", "district_id", "frequency", "date"];

/// Reads an account file, in its order. An account that is there twice is one account.
pub fn read_accounts(file: &AscFile) -> Result<Vec<OpenedAccount>, Faults> {
    let mut seen: HashMap<AccountNumber, (String, Place)> = HashMap::new();
    let accounts = file.records(&HEADER, |line| {
        let account = account(&line)?;
        match seen.get(&account.number) {
            Some((text, _)) if same_fields(text, line.text) => return Ok(None),
            Some((_, place)) => {
                return Err(Misread::new(
                    line.fields[0].column,
                    format!("account {} as on line {}", account.number, place.line),
                    "other values",
                ));
            }
            None => seen.insert(account.number, (line.text.to_owned(), line.place.clone())),
        };
        Ok(Some(account))
    })?;
    Ok(accounts.into_iter().flatten().collect())
}

fn account(line: &Line<'_, 4>) -> Result<OpenedAccount, Misread> {
    let [number, district, frequency, date] = &line.fields;
    Ok(OpenedAccount {
        number: AccountNumber(number.number()?),
        district: District(district.number()?),
        statements: statements(frequency)?,
        date: date.date()?,
        line: line.text.to_owned(),
        place: line.place.clone(),
    })
}

fn statements(field: &Field<'_>) -> Result<Statements, Misread> {
    match field.text {
        "POPLATEK MESICNE" => Ok(Statements::Monthly),
        "POPLATEK TYDNE" => Ok(Statements::Weekly),
        "POPLATEK PO OBRATU" => Ok(Statements::AfterEachTransaction),
        _ => Err(field.misread("`POPLATEK MESICNE`, `POPLATEK TYDNE` or `POPLATEK PO OBRATU`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Result<Vec<OpenedAccount>, String> {
        let header = r#""account_id";"district_id";"frequency";"date""#;
        let file = AscFile::new("account.asc", format!("{header}\n{lines}"));
        read_accounts(&file).map_err(|faults| faults.to_string())
    }

    #[test]
    fn reads_what_a_line_holds() {
        let accounts =
            read("576;55;\"POPLATEK MESICNE\";930101\n1;2;\"POPLATEK PO OBRATU\";930102\n");
        let accounts = accounts.expect("the lines are in order");
        assert_eq!(accounts.len(), 2);
        assert_eq!(accounts[0].number, AccountNumber(576));
        assert_eq!(accounts[0].district, District(55));
        assert_eq!(accounts[0].statements, Statements::Monthly);
        assert_eq!(accounts[0].date.to_string(), "1993-01-01");
        assert_eq!(accounts[0].line, "576;55;\"POPLATEK MESICNE\";930101");
        assert_eq!(accounts[1].statements, Statements::AfterEachTransaction);
        assert_eq!(accounts[1].place.line, 3);
    }

    #[test]
    fn reports_each_wrong_line() {
        let report = read(
            "576;55;\"ROCNE\";930101\n577;55;\"POPLATEK TYDNE\"\n578;0;\"POPLATEK TYDNE\";930101\n",
        );
        assert_eq!(
            report.expect_err("all lines are wrong"),
            "account.asc has 3 lines that cannot be used\n  \
             account.asc:2:8: expected `POPLATEK MESICNE`, `POPLATEK TYDNE` or `POPLATEK PO OBRATU`, found `ROCNE`\n  \
             account.asc:3:24: expected 4 fields, found 3: `date` is missing\n  \
             account.asc:4:5: expected a number above 0, found `0`"
        );
    }

    #[test]
    fn an_account_that_is_there_twice_is_one() {
        let line = "576;55;\"POPLATEK MESICNE\";930101\n";
        assert_eq!(
            read(&format!("{line}{line}")).map(|accounts| accounts.len()),
            Ok(1)
        );
        let report = read(&format!("{line}{}", line.replace("55", "56")));
        assert_eq!(
            report.expect_err("an account that is taken"),
            "account.asc has a line that cannot be used\n  \
             account.asc:3:1: expected account 576 as on line 2, found other values"
        );
    }
}
