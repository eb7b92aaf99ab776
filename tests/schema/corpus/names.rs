//! Names: every rule of renaming, and every way to give another one.

use super::corpus;

macro_rules! rules {
    ($($fields:ident $variants:ident $both:ident $rule:literal;)+) => {
        corpus! {
            $($fields: {
                #[serde(rename_all = $rule)]
                struct T { a: u8, two_words: u8, r#type: u8, with_2_digits: u8, _led: u8, größe: u8 }
            }
            $variants: {
                #[serde(rename_all = $rule)]
                enum T { A, TwoWords(u8), HTTPRequest { two_words: u8 }, With2Digits, r#Größe }
            }
            $both: {
                #[serde(rename_all_fields = $rule)]
                enum T {
                    TwoWords { two_words: u8 },
                    #[serde(rename_all = "camelCase")]
                    Other { two_words: u8 },
                }
            })+
        }
    };
}

rules! {
    fields_in_lowercase variants_in_lowercase fields_of_variants_in_lowercase "lowercase";
    fields_in_uppercase variants_in_uppercase fields_of_variants_in_uppercase "UPPERCASE";
    fields_in_pascal variants_in_pascal fields_of_variants_in_pascal "PascalCase";
    fields_in_camel variants_in_camel fields_of_variants_in_camel "camelCase";
    fields_in_snake variants_in_snake fields_of_variants_in_snake "snake_case";
    fields_in_screaming variants_in_screaming fields_of_variants_in_screaming "SCREAMING_SNAKE_CASE";
    fields_in_kebab variants_in_kebab fields_of_variants_in_kebab "kebab-case";
    fields_in_cobol variants_in_cobol fields_of_variants_in_cobol "SCREAMING-KEBAB-CASE";
}

corpus! {
    renamed_one_by_one: {
        #[serde(rename = "ignored", rename_all = "UPPERCASE")]
        struct T { #[serde(rename = "x")] a: u8, b: u8 }
    }
    aliases: {
        struct T { #[serde(alias = "b", alias = "c d")] a: u8, #[serde(alias = "opt")] o: Option<u8> }
    }
    aliases_of_variants: {
        enum T { #[serde(alias = "b")] A, #[serde(rename = "x.y", alias = "z")] C(u8) }
    }
    awkward_names: {
        struct T {
            #[serde(rename = "a b")] a: u8,
            #[serde(rename = "a.b")] b: u8,
            #[serde(rename = "say \"so\"\\")] c: u8,
            #[serde(rename = "größe, 😀")] d: u8,
            #[serde(rename = "[]")] e: u8,
            #[serde(rename = "")] f: u8,
            #[serde(rename = "line\nbreak")] g: u8,
            #[serde(rename = ".")] h: Vec<u8>,
            #[serde(rename = "{..}")] i: Option<u8>,
        }
    }
    awkward_names_of_variants: {
        #[serde(tag = "the, tag", content = "= \"c\"")]
        enum T {
            #[serde(rename = "a::b")] A(u8),
            #[serde(rename = "(0)", alias = "alias of x")] B { c: u8 },
            #[serde(rename = "variant, other")] C,
        }
    }
    awkward_tag_of_a_struct: {
        #[serde(tag = "a = b", rename = "T, closed")]
        struct T { c: u8 }
    }
    one_way_with_alias: {
        struct T { #[serde(rename(serialize = "w", deserialize = "r"), alias = "w")] a: u8 }
    }
}
