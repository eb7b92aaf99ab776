//! Keywords as names: what is stored is called without `r#`, as serde does it.

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("typed")]
#[allow(non_camel_case_types)]
struct r#match {
    r#type: String,
}

#[derive(Schema, Serialize, Deserialize)]
#[allow(non_camel_case_types)]
enum Word {
    r#loop,
}

#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(events(r#match), commands(r#async), snapshot(every = 9))]
#[allow(non_camel_case_types)]
struct r#yield {
    r#fn: Option<Word>,
}

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("go")]
#[allow(non_camel_case_types)]
struct r#async;

#[aggregate]
impl r#yield {
    fn r#do(&mut self, r#event: r#match) {
        self.r#fn = (r#event.r#type == "loop").then_some(Word::r#loop);
    }

    fn r#if(&self, _: r#async) -> Result<Option<r#match>, String> {
        Ok(None)
    }
}

#[derive(ReadModel)]
#[allow(non_camel_case_types)]
struct r#impl {
    #[key]
    r#type: String,
    r#where: i64,
}

#[projection("impls")]
impl r#impl {
    #[key(r#use.r#type)]
    fn r#do(&mut self, r#use: &r#match) {
        self.r#where += r#use.r#type.len() as i64;
    }
}

#[derive(Event, Serialize, Deserialize)]
#[event("stepped")]
#[allow(non_camel_case_types)]
struct r#static;

#[process("stepped")]
impl r#static {
    #[key(r#use.r#type)]
    fn r#do(r#use: &r#match, r#in: &mut Out<Self>) -> Self {
        r#in.to::<r#yield>(r#use.r#type.as_str()).send(r#async);
        r#static
    }

    fn r#else(&mut self, r#use: &Rejected<r#yield, r#async>) {
        assert!(!r#use.reason().is_empty());
    }
}

#[test]
fn names_are_bare() {
    assert_eq!(r#match::SHAPE.to_string(), ".: struct\ntype: text");
    assert_eq!(Word::SHAPE.to_string(), ".: enum\n::loop: variant");
    assert_eq!((r#match::TYPE, r#yield::NAME), ("match", "yield"));
    assert_eq!((r#async::TYPE, r#static::INPUTS.len()), ("async", 2));
    let columns = r#impl::COLUMNS.iter().map(|column| column.name);
    assert_eq!(columns.collect::<Vec<_>>(), ["type", "where"]);
    assert_eq!(r#impl::NAME, "impls");
}
