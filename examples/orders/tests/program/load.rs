//! A store with the program's tables, and orders in it.

use std::time::{Duration, Instant};

use annals::prelude::*;
use annals::process::operate::{self, Instances, ListedInstance, Standing};
use annals_tests::Database;
use orders::{Books, Ending, Load, OrderFulfilment, Provider, Reason, Step};

const PATIENCE: Duration = Duration::from_secs(120);

/// A store for looking and for placing orders, in which nothing runs.
pub(crate) async fn open(database: &Database) -> Store {
    let app = orders::app(database.url());
    app.open().await.expect("the store opens")
}

/// The provider, on a task that ends with the test.
pub(crate) fn provider(store: &Store) -> tokio::task::JoinHandle<()> {
    let provider = Provider::new(store.clone());
    tokio::spawn(async move {
        provider.run().await.expect("the provider answers");
    })
}

/// Every instance, where none of them waits for anything.
pub(crate) async fn ended(store: &Store, orders: usize) -> Vec<ListedInstance> {
    let app = orders::app(store.clone());
    let deadline = Instant::now() + PATIENCE;
    loop {
        let listed = operate::list(&app, &Instances::default(), u32::MAX).await;
        let listed = listed.expect("they are listed");
        let is_over = |of: &ListedInstance| of.standing != Standing::Running && of.pending == 0;
        if listed.len() == orders && listed.iter().all(is_over) {
            return listed;
        }
        if Instant::now() > deadline {
            let waiting: Vec<_> = listed.iter().filter(|of| !is_over(of)).take(5).collect();
            panic!(
                "{} of {orders} have begun; not over: {waiting:#?}",
                listed.len()
            );
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The books, which add up.
pub(crate) async fn books(store: &Store) -> Books {
    let books = Books::read(store).await.expect("the events are read");
    assert!(
        books.faults.is_empty(),
        "{:#?}",
        &books.faults[..books.faults.len().min(10)]
    );
    books
}

/// All orders have the one end that was drawn for them, or came too late for the provider, and nothing is left over.
pub(crate) async fn assert_all_right(store: &Store, load: &Load) {
    let instances = ended(store, load.orders as usize).await;
    for of in &instances {
        assert_eq!(of.standing, Standing::Finished, "{of:#?}");
        assert_eq!(
            (of.pending, of.parked, of.next_timer),
            (0, 0, None),
            "{of:#?}"
        );
    }
    let app = orders::app(store.clone());
    let timers = operate::timers(&app, None, 10).await.expect("timers");
    assert!(timers.timers.is_empty(), "{timers:#?}");

    let books = books(store).await;
    assert_eq!(books.endings.len(), load.orders as usize);
    let (mut drawn, mut shipped) = (0, 0);
    for index in 0..load.orders {
        let placed = load.order(index);
        let fate = placed.fate.map_or(Ending::Shipped, Ending::Cancelled);
        let ending = books.endings[&placed.id];
        let got_to_the_provider =
            !matches!(placed.fate, Some(Reason::OutOfStock | Reason::NotCovered));
        let timed_out = Ending::Cancelled(Reason::PaymentTimedOut);
        assert!(
            ending == fate || (got_to_the_provider && ending == timed_out),
            "{}: {ending:?}, and not {fate:?}",
            placed.id
        );
        drawn += u32::from(fate == Ending::Shipped);
        shipped += u32::from(ending == Ending::Shipped);
        assert_one_last_step(store, &placed.id).await;
    }
    // Two thirds pass each of three steps. That a few of them come too late for the provider is no fault; that most do is.
    assert!(
        drawn * 27 > load.orders * 7 && shipped * 2 > drawn,
        "{shipped} orders are shipped; nothing but a worker that is killed keeps {drawn} of {} from that",
        load.orders
    );
}

/// The stream of a process ends once, and no step comes after that.
async fn assert_one_last_step(store: &Store, order: &str) {
    let stream = StreamId::new("order-fulfilment", order);
    let mut reader = store.stream(&stream);
    let mut steps = Vec::new();
    while let Some(event) = reader.next().await.expect("it is read") {
        if let Some(state) = event.decode::<OrderFulfilment>().expect("a state") {
            steps.push(state.step);
        }
    }
    let is_last = |step: &Step| matches!(step, Step::Shipped | Step::Cancelled);
    assert_eq!(
        steps.iter().filter(|step| is_last(step)).count(),
        1,
        "{order}: {steps:?}"
    );
    assert!(steps.last().is_some_and(is_last), "{order}: {steps:?}");
}
