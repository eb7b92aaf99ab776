use annals_schema::Skip;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{LitStr, Type};

use crate::renames;

/// What serde stores of a type.
pub(crate) struct Stored {
    /// What the user said of the whole of it.
    pub(crate) declared: Option<Declared>,
    pub(crate) serde: Serde,
    pub(crate) body: Body,
}

/// `#[schema(as = "..", sample = "..")]`
pub(crate) struct Declared {
    pub(crate) word: LitStr,
    pub(crate) sample: Option<LitStr>,
}

pub(crate) enum Body {
    Struct(Fields),
    Enum(Vec<Variant>),
    Union(Span),
}

pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// The variant's name without `r#`.
    pub(crate) name: String,
    pub(crate) serde: Serde,
    pub(crate) fields: Fields,
}

pub(crate) enum Fields {
    Unit,
    Tuple(Vec<Field>),
    Named(Vec<Field>),
}

pub(crate) struct Field {
    /// The field's name; for one without a name, the place of its type.
    pub(crate) place: TokenStream,
    /// The field's name without `r#`, or its position.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) declared: Option<Declared>,
    pub(crate) serde: Serde,
}

/// A setting of serde's that can differ between writing and reading.
#[derive(Default)]
pub(crate) struct BothWays {
    pub(crate) written: Option<LitStr>,
    pub(crate) read: Option<LitStr>,
}

/// The serde attributes of a type, a variant or a field.
#[derive(Default)]
pub(crate) struct Serde {
    /// What stands in the parentheses of each attribute.
    pub(crate) tokens: Vec<TokenStream>,
    pub(crate) rename: BothWays,
    pub(crate) rename_all: BothWays,
    pub(crate) rename_all_fields: BothWays,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) content: Option<LitStr>,
    pub(crate) untagged: Option<Ident>,
    pub(crate) transparent: Option<Ident>,
    pub(crate) flatten: Option<Ident>,
    pub(crate) other: Option<Ident>,
    pub(crate) deny_unknown_fields: Option<Ident>,
    pub(crate) skip: Option<Ident>,
    pub(crate) skip_serializing: Option<Ident>,
    pub(crate) skip_deserializing: Option<Ident>,
    /// `skip_serializing_if`: the field may be left out.
    pub(crate) omitted: Option<Ident>,
    /// `skip_serializing_if` whose predicate is not known to mean "empty", so that a value could be lost.
    pub(crate) skip_if: Option<Ident>,
    /// `skip_serializing_if` whose absence does not read back by itself, as that of an `Option` does.
    pub(crate) left_out: Option<Ident>,
    /// `default`: what is absent reads back.
    pub(crate) default: Option<Ident>,
    /// `with` and its kin: functions decide on what is stored.
    pub(crate) with: Option<Ident>,
    /// `from`, `into` and their kin: another type decides on what is stored.
    pub(crate) through: Option<Ident>,
    /// The type of `from` or `try_from`.
    pub(crate) read_as: Option<Type>,
    /// The type of `into`.
    pub(crate) written_as: Option<Type>,
}

/// The names under which something is stored and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) written: String,
    /// Every name under which it is read, that under which it is written among them or not.
    pub(crate) read: Vec<String>,
}

impl Names {
    fn of(serde: &Serde, by_rule: impl Fn(Option<&LitStr>) -> String, all: &BothWays) -> Self {
        let name = |own: &Option<LitStr>, rule: &Option<LitStr>| match own {
            Some(own) => own.value(),
            None => by_rule(rule.as_ref()),
        };
        let mut read = vec![name(&serde.rename.read, &all.read)];
        for alias in &serde.aliases {
            let alias = alias.value();
            if !read.contains(&alias) {
                read.push(alias);
            }
        }
        Names {
            written: name(&serde.rename.written, &all.written),
            read,
        }
    }

    /// The names under which it is read besides that under which it is written.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = &String> {
        self.read.iter().filter(|name| **name != self.written)
    }
}

impl Field {
    /// The names in a type or a variant whose fields are renamed by these rules.
    pub(crate) fn names(&self, all: &BothWays) -> Names {
        let by_rule = |rule: Option<&LitStr>| match rule {
            Some(rule) => renames::field(&rule.value(), &self.name),
            None => self.name.clone(),
        };
        Names::of(&self.serde, by_rule, all)
    }
}

impl Variant {
    /// The names in an enum whose variants are renamed by these rules.
    pub(crate) fn names(&self, all: &BothWays) -> Names {
        let by_rule = |rule: Option<&LitStr>| match rule {
            Some(rule) => renames::variant(&rule.value(), &self.name),
            None => self.name.clone(),
        };
        Names::of(&self.serde, by_rule, all)
    }

    /// The rules by which the variant's fields are renamed.
    pub(crate) fn rules<'a>(&'a self, of: &'a Serde) -> &'a BothWays {
        let own = &self.serde.rename_all;
        if own.written.is_some() || own.read.is_some() {
            own
        } else {
            &of.rename_all_fields
        }
    }
}

impl Serde {
    /// Whether every value is stored and read back.
    pub(crate) fn is_stored(&self) -> bool {
        self.skipped().is_none() && self.skip_if.is_none()
    }

    /// `skip` or one of its kin: the value is not stored, or not read back.
    pub(crate) fn skipped(&self) -> Option<&Ident> {
        let ways = self
            .skip_serializing
            .as_ref()
            .or(self.skip_deserializing.as_ref());
        self.skip.as_ref().or(ways)
    }

    /// Whether nothing that is stored is read as it. What is read no longer needs to be stored: a variant that is only
    /// skipped when it is written is there for the sake of what was stored before.
    pub(crate) fn is_unread(&self) -> bool {
        self.skip.is_some() || self.skip_deserializing.is_some()
    }

    /// Whether nothing of it lies in the database.
    pub(crate) fn is_skipped_both_ways(&self) -> bool {
        self.skip.is_some() || self.skip_serializing.is_some() && self.skip_deserializing.is_some()
    }

    /// What serde passes over, in the terms of a shape.
    pub(crate) fn skip(&self) -> Skip {
        match (&self.skip_serializing, &self.skip_deserializing) {
            _ if self.is_skipped_both_ways() => Skip::Both,
            (Some(_), _) => Skip::Write,
            (_, Some(_)) => Skip::Read,
            (None, None) => Skip::No,
        }
    }

    /// The one type in whose place this one is stored and read.
    pub(crate) fn stands_for(&self) -> Option<&Type> {
        let (read, written) = (self.read_as.as_ref()?, self.written_as.as_ref()?);
        (read == written).then_some(read)
    }
}

impl Fields {
    pub(crate) fn list(&self) -> &[Field] {
        match self {
            Fields::Unit => &[],
            Fields::Tuple(fields) | Fields::Named(fields) => fields,
        }
    }

    /// The names that the fields themselves are stored and read under, without what is flattened.
    pub(crate) fn own_names(&self, all: &BothWays) -> Vec<String> {
        let own = self
            .list()
            .iter()
            .filter(|field| field.serde.flatten.is_none());
        own.map(|field| field.names(all))
            .flat_map(|names| names.read.into_iter().chain([names.written]))
            .collect()
    }
}

impl Stored {
    /// The fields of the struct, or of all variants of the enum.
    pub(crate) fn fields(&self) -> Box<dyn Iterator<Item = &Field> + '_> {
        match &self.body {
            Body::Struct(fields) => Box::new(fields.list().iter()),
            Body::Enum(variants) => {
                Box::new(variants.iter().flat_map(|variant| variant.fields.list()))
            }
            Body::Union(_) => Box::new(std::iter::empty()),
        }
    }

    /// The variants of the enum; none for a struct.
    pub(crate) fn variants(&self) -> &[Variant] {
        match &self.body {
            Body::Enum(variants) => variants,
            Body::Struct(_) | Body::Union(_) => &[],
        }
    }
}
