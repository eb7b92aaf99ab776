use super::place::{Place, Step};
use super::{Change, Search, fields, same, values};
use crate::{Field, Shape};

/// A part of a type, which is compared by itself and may refer to the type all the same.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The type's name as the older shape has it.
    pub from: &'a str,
    /// The type's name as the newer shape has it.
    pub to: &'a str,
    /// Where in the type.
    pub within: Within<'a>,
}

/// Where in a type a part of it stands.
#[derive(Debug, Clone, Copy)]
pub enum Within<'a> {
    /// Among its fields.
    Struct,
    /// In the variant of this name.
    Variant(&'a str),
    /// At this position.
    Item(usize),
}

impl<'a> Part<'a> {
    /// The change of the given number, starting at 0, of what stands there.
    #[must_use]
    pub const fn change(&self, from: &Shape<'a>, to: &Shape<'a>, number: usize) -> Option<Change> {
        if same::is_plainly_same(from, to) {
            return None;
        }
        let mut search = Search::new(number);
        values::compare(&mut search, self.place(), from, to);
        search.found
    }

    /// The change of the given number, starting at 0, of one field whose name has not changed. Its aliases are not looked
    /// at.
    #[must_use]
    pub const fn change_of_field(
        &self,
        from: &Field<'a>,
        to: &Field<'a>,
        number: usize,
    ) -> Option<Change> {
        if same::is_same_field(from, to) {
            return None;
        }
        let mut search = Search::new(number);
        let place = self.place().and(Step::Field(to.name));
        fields::compare_field(&mut search, place, from, to);
        search.found
    }

    /// The place, inside of the type on both sides.
    const fn place(&self) -> Place<'a> {
        let mut place = Place::ROOT;
        place.from.enter(self.from, 0);
        place.to.enter(self.to, 0);
        match self.within {
            Within::Struct => place,
            Within::Variant(name) => place.and(Step::Variant(name)),
            Within::Item(number) => place.and(Step::Index(number)),
        }
    }
}
