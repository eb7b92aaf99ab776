//! A wire between a store and its PostgreSQL server that counts what the store sends, and can be held, cut, and led
//! elsewhere.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What went over the wire since it was last asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Statements that were to be run, `BEGIN` and `COMMIT` among them.
    pub statements: u32,
    /// Statements that were to be prepared.
    pub preparations: u32,
    /// How often the answer to one or several of these was awaited.
    pub round_trips: u32,
    /// How often an answer to nothing was awaited: whether the connection is alive.
    pub pings: u32,
}

/// Passes on to a server and counts.
#[derive(Debug, Clone)]
pub struct Proxy {
    port: u16,
    server: Arc<AtomicU16>,
    sent: Arc<Mutex<Sent>>,
    hold: watch::Sender<Hold>,
    cuts: watch::Sender<u32>,
}

/// Where the wire stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// Nowhere.
    Off,
    /// After so many steps.
    After(u32),
    /// Here, before the next step.
    Here,
}

impl Proxy {
    /// A proxy of the server on the given port of 127.0.0.1.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let proxy = Proxy {
            port,
            server: Arc::new(AtomicU16::new(server)),
            sent: Arc::default(),
            hold: watch::Sender::new(Hold::Off),
            cuts: watch::Sender::new(0),
        };
        let counting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let counting = counting.clone();
                tokio::spawn(async move {
                    let mut cuts = counting.cuts.subscribe();
                    tokio::select! {
                        _ = cuts.changed() => {}
                        _ = counting.pass(client) => {}
                    }
                });
            }
        });
        proxy
    }

    /// The port on 127.0.0.1. Connect with `sslmode=disable`: what is encrypted cannot be counted.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What was sent since the last call.
    #[must_use]
    pub fn take(&self) -> Sent {
        std::mem::take(&mut *self.sent.lock().expect("no panic while counting"))
    }

    /// Lets some steps go to the server, and stops before the next one. A statement has two: it is bound, which takes its
    /// snapshot, and it is run.
    pub fn hold_after(&self, steps: u32) {
        self.hold.send_replace(Hold::After(steps));
    }

    /// Waits until a step is held.
    pub async fn held(&self) {
        let mut hold = self.hold.subscribe();
        let here = hold.wait_for(|hold| *hold == Hold::Here).await;
        here.expect("the wire is there");
    }

    /// Lets everything pass again.
    pub fn release(&self) {
        self.hold.send_replace(Hold::Off);
    }

    /// From now on connections go to the server on another port of 127.0.0.1.
    pub fn lead_to(&self, server: u16) {
        self.server.store(server, Ordering::SeqCst);
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    async fn step(&self) {
        self.hold.send_if_modified(|hold| match *hold {
            Hold::After(0) => {
                *hold = Hold::Here;
                true
            }
            Hold::After(steps) => {
                *hold = Hold::After(steps - 1);
                false
            }
            Hold::Off | Hold::Here => false,
        });
        let mut hold = self.hold.subscribe();
        let passes = hold.wait_for(|hold| *hold != Hold::Here).await;
        passes.expect("the wire is there");
    }

    async fn pass(&self, client: TcpStream) -> std::io::Result<()> {
        let server = self.server.load(Ordering::SeqCst);
        let server = TcpStream::connect(("127.0.0.1", server)).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let answers = watch::Sender::new(0_u64);
        let mut answered = answers.subscribe();
        let back = async {
            let mut part = vec![0; 1 << 16];
            loop {
                let length = from_server.read(&mut part).await?;
                if length == 0 {
                    return Ok(());
                }
                to_client.write_all(&part[..length]).await?;
                answers.send_modify(|answers| *answers += 1);
            }
        };
        let forth = self.forth(&mut from_client, &mut to_server, &mut answered);
        tokio::select! {
            done = back => done,
            done = forth => done,
        }
    }

    async fn forth(
        &self,
        from_client: &mut OwnedReadHalf,
        to_server: &mut OwnedWriteHalf,
        answered: &mut watch::Receiver<u64>,
    ) -> std::io::Result<()> {
        // The first message has no type: a length, which counts itself, and the rest.
        let length = from_client.read_u32().await?;
        to_server.write_u32(length).await?;
        pass_rest(from_client, to_server, length).await?;
        let mut is_asked = false;
        while let Ok(kind) = from_client.read_u8().await {
            is_asked = self.count(kind, is_asked);
            if matches!(kind, b'B' | b'E' | b'Q') {
                if kind == b'E' && *self.hold.borrow() == Hold::After(0) {
                    // What was sent is done when it is answered, and that is only done at once where it is asked for.
                    answered.mark_unchanged();
                    to_server.write_all(&[b'H', 0, 0, 0, 4]).await?;
                    answered.changed().await.expect("the wire is there");
                }
                self.step().await;
            }
            let length = from_client.read_u32().await?;
            to_server.write_u8(kind).await?;
            to_server.write_u32(length).await?;
            pass_rest(from_client, to_server, length).await?;
        }
        Ok(())
    }

    /// Answers whether the server has been asked for something that it answers at the next `Sync`. The kinds of messages
    /// are those of <https://www.postgresql.org/docs/current/protocol-message-formats.html>.
    fn count(&self, kind: u8, is_asked: bool) -> bool {
        let mut sent = self.sent.lock().expect("no panic while counting");
        match kind {
            b'P' => sent.preparations += 1,
            b'E' => sent.statements += 1,
            b'S' if is_asked => sent.round_trips += 1,
            b'S' => sent.pings += 1,
            b'Q' => {
                sent.statements += 1;
                sent.round_trips += 1;
            }
            _ => return is_asked,
        }
        matches!(kind, b'P' | b'E')
    }
}

async fn pass_rest(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    length: u32,
) -> std::io::Result<()> {
    let mut rest = vec![0; length as usize - 4];
    from.read_exact(&mut rest).await?;
    to.write_all(&rest).await
}
