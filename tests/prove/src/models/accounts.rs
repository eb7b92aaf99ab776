//! A read model of which there are two versions, each with the release that declares it.

use crate::domain::{Decided, Moved, Paid, State};

/// What both versions are called.
pub(crate) const NAME: &str = "accounts";

macro_rules! version {
    ($(#[$about:meta])* $module:ident $version:literal { $($more:ident: $next:expr)? }) => {
        $(#[$about])*
        pub(crate) mod $module {
            use super::*;
            use annals::prelude::*;

            /// A row of each stream.
            #[derive(ReadModel, Debug, Clone, PartialEq)]
            pub(crate) struct Account {
                #[key]
                pub(crate) stream: String,
                pub(crate) version: i64,
                pub(crate) events: i64,
                pub(crate) balance: i64,
                pub(crate) digest: i64,
                $(pub(crate) $more: i64,)?
            }

            impl Account {
                fn after(row: Option<Self>, mark: &str, amount: i64, cx: &Recorded) -> Self {
                    let before = row.as_ref().map(|row| State {
                        events: row.events,
                        balance: row.balance,
                        digest: row.digest,
                    });
                    $(
                        let most = row.as_ref().map_or(i64::MIN, |row| row.$more);
                        let next: fn(i64, i64) -> i64 = $next;
                        let $more = next(most, amount);
                    )?
                    let state = before.unwrap_or_default().after(mark, amount);
                    Account {
                        stream: cx.stream().to_string(),
                        version: cx.version().get().cast_signed(),
                        events: state.events,
                        balance: state.balance,
                        digest: state.digest,
                        $($more,)?
                    }
                }
            }

            #[projection(name = "accounts", version = $version, partitions = 2)]
            impl Account {
                #[key(cx.stream().to_string())]
                fn moved(row: Option<Self>, event: &Moved, cx: &Recorded) -> Self {
                    Account::after(row, &event.mark, event.amount(), cx)
                }
                #[key(cx.stream().to_string())]
                fn decided(row: Option<Self>, event: &Decided, cx: &Recorded) -> Self {
                    Account::after(row, &event.mark, event.amount, cx)
                }
                #[key(cx.stream().to_string())]
                fn paid(row: Option<Self>, event: &Paid, cx: &Recorded) -> Self {
                    Account::after(row, &event.mark, event.amount, cx)
                }
            }
        }
    };
}

version!(
    /// That of the first release.
    first 1 {}
);
version!(
    /// That of the second release, with the largest amount beside.
    second 2 { largest: |before, amount| before.max(amount) }
);
