//! A standby does not know what is under way on its primary.

use std::time::Duration;

use annals::ErrorKind;
use annals_tests::Database;

use crate::{committed, in_time, open, read, served};

#[tokio::test]
async fn a_standby_has_no_feed_until_it_is_the_primary() {
    let served = served().await;
    let first = committed(&served.store).await;
    let second = served.cluster.standby();
    let standby = Database::at(second.url("postgres"));
    let (late, _) = open(&served.store).await;
    committed(&served.store).await;
    let followed = async {
        while standby.events().await < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    in_time(followed).await;

    let reading = standby.open(annals_tests::options().read_only()).await;
    let errors = [
        reading.feed().read().await.expect_err("refused"),
        reading
            .feed()
            .follow()
            .next_page()
            .await
            .expect_err("refused"),
        reading.frontier().await.expect_err("refused"),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error:?}");
        assert!(error.to_string().contains("standby"), "{error}");
        assert!(
            error.hint().is_some_and(|hint| hint.contains("primary")),
            "{error:?}"
        );
    }

    drop(late);
    served.cluster.crash();
    second.promote();
    let (got, checkpoint) = read(&reading, first).await;
    assert_eq!(got, [checkpoint]);
    let store = standby.store().await;
    let next = committed(&store).await;
    assert_eq!(read(&reading, checkpoint).await.0, [next]);
}
