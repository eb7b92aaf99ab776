//! The rules of renaming, which the corpus goes through with a macro of its own.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token};

/// `fields variants both "rule";`
pub(crate) struct Rule {
    names: [Ident; 3],
    rule: LitStr,
}

impl Parse for Rule {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let names = [input.parse()?, input.parse()?, input.parse()?];
        let rule = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Rule { names, rule })
    }
}

impl Rule {
    /// The entries that the macro makes for the rule: the last repetition in its definition.
    pub(crate) fn entries(&self, definition: &TokenStream) -> TokenStream {
        let template = repeated(definition.clone()).expect("a repetition");
        self.filled(template)
    }

    fn filled(&self, template: TokenStream) -> TokenStream {
        let mut tokens = template.into_iter();
        let mut filled = TokenStream::new();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(dollar) if dollar.as_char() == '$' => {
                    let variable = tokens.next().expect("a variable").to_string();
                    let [fields, variants, both] = &self.names;
                    filled.extend([match variable.as_str() {
                        "fields" => TokenTree::from(fields.clone()),
                        "variants" => variants.clone().into(),
                        "both" => both.clone().into(),
                        _ => self.rule.token().into(),
                    }]);
                }
                TokenTree::Group(group) => {
                    let content = self.filled(group.stream());
                    filled.extend([TokenTree::from(Group::new(group.delimiter(), content))]);
                }
                token => filled.extend([token]),
            }
        }
        filled
    }
}

/// What stands in the last `$( .. )+`.
fn repeated(tokens: TokenStream) -> Option<TokenStream> {
    let mut found = None;
    let mut is_after_dollar = false;
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            match is_after_dollar {
                true => found = Some(group.stream()),
                false => found = repeated(group.stream()).or(found),
            }
        }
        is_after_dollar = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '$');
    }
    found
}
