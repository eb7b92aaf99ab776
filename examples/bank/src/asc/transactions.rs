//! The transaction files.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::codes::Codes;
use super::fault::{Faults, Misread, Place};
use super::fields::same_fields;
use super::file::{AscFile, Line};
use super::{AccountNumber, OpenedAccount};
use crate::account::Entry;
use crate::money::Money;

/// One transaction, as the bank booked it.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    pub id: u64,
    pub account: AccountNumber,
    pub date: NaiveDate,
    pub entry: Entry,
    /// The account's balance after the transaction, as the bank recorded it.
    pub balance: Money,
    /// The line of the file, which is kept with the event.
    pub line: Arc<str>,
    pub place: Place,
}

const HEADER: [&str; 10] = [
    "trans_id",
    "account_id",
    "date",
    "type",
    "operation",
    "amount",
    "balance",
    "k_symbol",
    "bank",
    "account",
];

/// Reads transaction files, in their order. All transactions must be of the given accounts; one that is there twice is
/// one transaction.
pub fn read_transactions(
    files: &[AscFile],
    accounts: &[OpenedAccount],
) -> Result<Vec<Transaction>, Faults> {
    let accounts: HashSet<_> = accounts.iter().map(|account| account.number).collect();
    let mut seen: HashMap<u64, (Arc<str>, Place)> = HashMap::new();
    let mut transactions = Vec::new();
    let mut faults = Faults::default();
    for file in files {
        let read = file.records(&HEADER, |line| {
            let transaction = transaction(&line)?;
            if !accounts.contains(&transaction.account) {
                return Err(line.fields[1].misread("an account of the account file"));
            }
            match seen.entry(transaction.id) {
                Slot::Vacant(slot) => {
                    slot.insert((Arc::clone(&transaction.line), transaction.place.clone()));
                    Ok(Some(transaction))
                }
                Slot::Occupied(slot) => {
                    let (text, place) = slot.get();
                    if same_fields(text, line.text) {
                        return Ok(None);
                    }
                    Err(Misread::new(
                        line.fields[0].column,
                        format!("transaction {} as at {place}", transaction.id),
                        "other values",
                    ))
                }
            }
        });
        match read {
            Ok(read) => transactions.extend(read.into_iter().flatten()),
            Err(of_file) => faults.append(of_file),
        }
    }
    faults.into_result().map(|()| transactions)
}

fn transaction(line: &Line<'_, 10>) -> Result<Transaction, Misread> {
    let [
        id,
        account,
        date,
        kind,
        operation,
        amount,
        balance,
        symbol,
        bank,
        other,
    ] = line.fields;
    let (id, account, date) = (id.number()?, AccountNumber(account.number()?), date.date()?);
    let codes = Codes {
        kind,
        operation,
        symbol,
        bank,
        account: other,
    };
    let paid = amount.money()?;
    if paid < Money::ZERO {
        return Err(amount.misread("an amount without sign: the type says which way it goes"));
    }
    Ok(Transaction {
        id,
        account,
        date,
        balance: balance.money()?,
        entry: codes.entry(paid)?,
        line: line.text.into(),
        place: line.place.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Channel, Counterparty, MoneyWithdrawn, Purpose, TransferSent};
    use crate::asc::read_accounts;

    const ACCOUNTS: &str = r#""account_id";"district_id";"frequency";"date"
1;18;"POPLATEK MESICNE";930101
2;5;"POPLATEK TYDNE";930102
"#;
    const FIRST_LINE: &str = r#""trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account""#;
    const DEPOSIT: &str = r#"17;1;930101;"PRIJEM";"VKLAD";700.00;700.00;"";;"#;

    fn file(name: &str, lines: &[&str]) -> AscFile {
        AscFile::new(name, format!("{FIRST_LINE}\n{}\n", lines.join("\n")))
    }

    fn read_files(files: &[AscFile]) -> Result<Vec<Transaction>, Faults> {
        let accounts = read_accounts(&AscFile::new("account.asc", ACCOUNTS));
        read_transactions(files, &accounts.expect("the accounts are in order"))
    }

    fn read(lines: &[&str]) -> Result<Vec<Transaction>, Faults> {
        read_files(&[file("trans.asc", lines)])
    }

    fn entry(line: &str) -> Entry {
        let mut transactions = read(&[line]).expect("the line is in order");
        transactions.remove(0).entry
    }

    /// The only thing wrong with a line that follows the header and one line in order.
    fn fault(line: &str) -> String {
        let faults = read(&[DEPOSIT, line]).expect_err("a malformed line");
        let faults: Vec<_> = faults.into_iter().map(ToString::to_string).collect();
        assert_eq!(faults.len(), 1, "{faults:#?}");
        faults[0].clone()
    }

    #[test]
    fn reads_what_a_line_holds() {
        let read = read(&[DEPOSIT]).expect("the line is in order");
        let transaction = &read[0];
        assert_eq!(transaction.id, 17);
        assert_eq!(transaction.account, AccountNumber(1));
        assert_eq!(transaction.date.to_string(), "1993-01-01");
        assert_eq!(transaction.balance, Money::hellers(70_000));
        assert_eq!(&*transaction.line, DEPOSIT);
        assert_eq!(transaction.place.to_string(), "trans.asc:2");
    }

    #[test]
    fn knows_what_the_codes_mean() {
        let effect = |line| entry(line).effect().to_string();
        assert!(matches!(entry(DEPOSIT), Entry::Deposit(_)));
        assert_eq!(effect(DEPOSIT), "700.00");

        let interest = r#"18;1;930131;"PRIJEM";"";118.00;818.00;"UROK";;"#;
        assert!(matches!(entry(interest), Entry::Interest(_)));
        assert_eq!(effect(interest), "118.00");

        let fee = r#"18;1;930131;"VYDAJ";"VYBER";14.60;685.40;"SLUZBY";;"#;
        assert!(matches!(entry(fee), Entry::Fee(_)));
        assert_eq!(effect(fee), "-14.60");

        let penalty = r#"18;1;930131;"VYDAJ";"VYBER";0.30;-1.30;"SANKC. UROK";;"#;
        assert!(matches!(entry(penalty), Entry::PenaltyInterest(_)));
        assert_eq!(effect(penalty), "-0.30");

        let received =
            r#"18;1;930105;"PRIJEM";"PREVOD Z UCTU";5123.00;5923.00;"DUCHOD";"YZ";"62457513""#;
        assert!(matches!(entry(received), Entry::TransferReceived(_)));
        assert_eq!(effect(received), "5123.00");

        assert_eq!(
            entry(
                r#"18;1;930306;"VYDAJ";"PREVOD NA UCET";1591.00;49952.90;"SIPO";"WX";"56978738""#
            ),
            Entry::TransferSent(TransferSent {
                amount: Money::hellers(159_100),
                to: Counterparty {
                    bank: "WX".to_owned(),
                    account: "56978738".to_owned(),
                },
                purpose: Some(Purpose::Household),
            })
        );
        for (line, channel) in [
            (
                r#"18;1;930424;"VYDAJ";"VYBER";54.00;45.20;" ";"";"0""#,
                Channel::Cash,
            ),
            (
                r#"18;1;930424;"VYBER";"VYBER";54.00;45.20;"";;"#,
                Channel::Cash,
            ),
            (
                r#"18;1;930424;"VYDAJ";"VYBER KARTOU";54.00;45.20;"";;"#,
                Channel::Card,
            ),
        ] {
            let amount = Money::hellers(5400);
            let purpose = None;
            assert_eq!(
                entry(line),
                Entry::Withdrawal(MoneyWithdrawn {
                    amount,
                    channel,
                    purpose
                })
            );
        }
    }

    #[test]
    fn windows_line_ends_and_a_missing_last_one_are_no_faults() {
        let content = format!(
            "{FIRST_LINE}\r\n{DEPOSIT}\r\n\r\n{}",
            DEPOSIT.replace("17;", "18;")
        );
        let read = read_files(&[AscFile::new("trans.asc", content)]).expect("nothing is wrong");
        assert_eq!(read.len(), 2);
        assert_eq!(&*read[0].line, DEPOSIT);
        assert_eq!(read[1].place.line, 4);
    }

    #[test]
    fn reports_each_wrong_field_with_its_column() {
        for (line, expected) in [
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";700.00;700.00"#,
                "trans.asc:3:43: expected 10 fields, found 7: `k_symbol` is missing",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";700.00;700.00;"";;;"#,
                "trans.asc:3:49: expected the end of the line after 10 fields, found 11 fields",
            ),
            (
                r#"x;1;930101;"PRIJEM";"VKLAD";700.00;700.00;"";;"#,
                "trans.asc:3:1: expected a number above 0, found `x`",
            ),
            (
                r#"18;9;930101;"PRIJEM";"VKLAD";700.00;700.00;"";;"#,
                "trans.asc:3:4: expected an account of the account file, found `9`",
            ),
            (
                r#"18;1;930229;"PRIJEM";"VKLAD";700.00;700.00;"";;"#,
                "trans.asc:3:6: expected a date as YYMMDD, like `930131`, found `930229`",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";1,5;700.00;"";;"#,
                "trans.asc:3:30: expected an amount with two decimals, like `1234.50`, found `1,5`",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";12.345;700.00;"";;"#,
                "trans.asc:3:30: expected an amount with two decimals, like `1234.50`, found `12.345`",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";;700.00;"";;"#,
                "trans.asc:3:30: expected an amount with two decimals, like `1234.50`, found nothing",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";-7.00;700.00;"";;"#,
                "trans.asc:3:30: expected an amount without sign: the type says which way it goes, found `-7.00`",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";700.00;700;"";;"#,
                "trans.asc:3:37: expected an amount with two decimals, like `1234.50`, found `700`",
            ),
            (
                r#"18;1;930101;"CREDIT";"VKLAD";700.00;700.00;"";;"#,
                "trans.asc:3:13: expected the type `PRIJEM`, `VYDAJ` or `VYBER`, found `CREDIT`",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VYBER";700.00;700.00;"";;"#,
                "trans.asc:3:22: expected an operation of type `PRIJEM`: `VKLAD`, `PREVOD Z UCTU` or nothing, found `VYBER`",
            ),
            (
                r#"18;1;930101;"VYDAJ";"";700.00;700.00;"";;"#,
                "trans.asc:3:21: expected an operation of type `VYDAJ`: `VYBER`, `VYBER KARTOU` or `PREVOD NA UCET`, found nothing",
            ),
            (
                r#"18;1;930101;"VYBER";"VKLAD";700.00;700.00;"";;"#,
                "trans.asc:3:21: expected the operation `VYBER` of type `VYBER`, found `VKLAD`",
            ),
            (
                r#"18;1;930101;"PRIJEM";"";700.00;700.00;"";;"#,
                "trans.asc:3:39: expected the k_symbol `UROK` of a `PRIJEM` without operation, found nothing",
            ),
            (
                r#"18;1;930101;"PRIJEM";"VKLAD";700.00;700.00;"SLUZBY";;"#,
                "trans.asc:3:44: expected a k_symbol of this operation: `SIPO`, `POJISTNE`, `UVER`, `DUCHOD` or nothing, found `SLUZBY`",
            ),
            (
                r#"18;1;930101;"VYDAJ";"VYBER";700.00;700.00;"UROK";;"#,
                "trans.asc:3:43: expected a k_symbol of this operation: `SLUZBY`, `SANKC. UROK`, `SIPO`, `POJISTNE`, `UVER`, `DUCHOD` or nothing, found `UROK`",
            ),
            (
                r#"18;1;930101;"PRIJEM;VKLAD;700.00;700.00;;;"#,
                "trans.asc:3:13: expected a closing `\"`, found the end of the line",
            ),
        ] {
            assert_eq!(fault(line), expected);
        }
    }

    #[test]
    fn reports_bytes_that_are_not_ascii() {
        let mut content = format!("{FIRST_LINE}\n").into_bytes();
        content.extend(b"17;1;930101;\"P\xC5\x98IJEM\";\"VKLAD\";700.00;700.00;\"\";;\n18;\t1\n");
        let faults = read_files(&[AscFile::new("trans.asc", content)]).expect_err("two lines");
        assert_eq!(
            faults.to_string(),
            "trans.asc has 2 lines that cannot be used\n  \
             trans.asc:2:15: expected a printable ASCII character, found the byte 0xC5\n  \
             trans.asc:3:4: expected a printable ASCII character, found the byte 0x09"
        );
    }

    #[test]
    fn reports_a_header_that_is_missing_or_another() {
        let fault = |content: &str| {
            let faults = read_files(&[AscFile::new("trans.asc", content)]);
            faults.expect_err("no header").to_string()
        };
        assert!(fault("").contains(r#"trans.asc:1:1: expected the header `"trans_id";"#));
        assert!(fault("").ends_with("found an empty file"));
        assert!(fault(DEPOSIT).contains("trans.asc:1:1: expected the header"));
        assert!(
            fault(ACCOUNTS).ends_with(r#"found `"account_id";"district_id";"frequency";"date"`"#)
        );
        let renamed = FIRST_LINE.replace("date", "day");
        assert!(fault(&renamed).contains("trans.asc:1:25: expected the header"));
        let longer = format!("{FIRST_LINE};\"note\"");
        let at = |column: usize| format!("trans.asc:1:{column}: expected the header");
        assert!(fault(&longer).contains(&at(FIRST_LINE.len() + 2)));
        let shorter = FIRST_LINE.trim_end_matches(";\"account\"");
        assert!(fault(shorter).contains(&at(shorter.len() + 1)));
    }

    #[test]
    fn a_transaction_that_is_there_twice_is_one() {
        let one = || file("one.asc", &[DEPOSIT, DEPOSIT]);
        let two = file("two.asc", &[DEPOSIT]);
        assert_eq!(read_files(&[one(), two]).map(|read| read.len()), Ok(1));

        let other = file("two.asc", &[&DEPOSIT.replace("700.00;", "800.00;")]);
        let faults = read_files(&[one(), other]).expect_err("an id that is taken");
        assert_eq!(
            faults.to_string(),
            "two.asc has a line that cannot be used\n  \
             two.asc:2:1: expected transaction 17 as at one.asc:2, found other values"
        );
    }

    #[test]
    fn reports_every_line_of_every_file_but_not_thousands() {
        let wrong = ["x"; 25];
        let faults = read_files(&[file("one.asc", &wrong), file("two.asc", &["y"])]);
        let report = faults.expect_err("all lines are wrong").to_string();
        assert!(report.starts_with("one.asc has 25 lines that cannot be used\n  one.asc:2:2: "));
        assert_eq!(report.matches("one.asc:").count(), 20);
        assert!(report.contains("\n  .. and 5 more\ntwo.asc has a line that cannot be used\n"));
    }
}
