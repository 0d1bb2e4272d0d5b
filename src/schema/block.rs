//! The declaration of a concept. `block!` is the only clever macro of the code base.

/// Declares a block: its struct, its description ([`super::Block`]) and its decoder.
///
/// ```text
/// block! {
///     /// A port that a service listens on.
///     "port" => Port {
///         label name = "What references call it.";
///         value number: PortNumber = "The number it listens on.";
///         /// What is spoken there.
///         optional protocol: Protocol,
///     }
/// }
/// ```
///
/// The label becomes a `Name`; a value is `value` (must be there) or `maybe` (may be missing); fields
/// are `required` (a `T`), `optional` (an `Option<T>`) or `many` (a `Vec<T>`, one for each label).
/// `field as "key"` gives a field a key that is no Rust name.
macro_rules! block {
    (
        $(#[doc = $doc:literal])+
        $key:literal => $Block:ident {
            $(label $label:ident = $label_doc:literal;)?
            $(value $value:ident: $Value:ty = $value_doc:literal;)?
            $(maybe $maybe:ident: $Maybe:ty = $maybe_doc:literal;)?
            $(
                $(#[doc = $field_doc:literal])+
                $presence:ident $field:ident $(as $field_key:literal)?: $Field:ty,
            )*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $Block {
            /// The place of its key and label.
            pub span: crate::source::Span,
            $(#[doc = $label_doc] pub $label: crate::syntax::Name,)?
            $(#[doc = $value_doc] pub $value: $Value,)?
            $(#[doc = $maybe_doc] pub $maybe: Option<$Maybe>,)?
            $($(#[doc = $field_doc])+ pub $field: crate::schema::block!(@type $presence $Field),)*
        }

        impl $Block {
            /// What the block holds.
            pub const SCHEMA: &'static crate::schema::Block = &crate::schema::Block {
                key: $key,
                doc: concat!($($doc, "\n"),+),
                label: crate::schema::block!(@first $(Some($label_doc),)? None,),
                value: crate::schema::block!(
                    @first
                    $(Some(crate::schema::MainValue {
                        doc: $value_doc,
                        kind: <$Value as crate::schema::Scalar>::shape,
                        required: true,
                    }),)?
                    $(Some(crate::schema::MainValue {
                        doc: $maybe_doc,
                        kind: <$Maybe as crate::schema::Scalar>::shape,
                        required: false,
                    }),)?
                    None,
                ),
                fields: &[$(crate::schema::Field {
                    key: crate::schema::block!(@first $($field_key,)? stringify!($field),),
                    doc: concat!($($field_doc, "\n"),+),
                    kind: <$Field as crate::schema::Decode>::kind,
                    presence: crate::schema::block!(@presence $presence),
                }),*],
            };
        }

        impl crate::schema::Visit for $Block {
            fn visit(&self, see: &mut dyn FnMut(&crate::schema::Constant)) {
                $(crate::schema::Visit::visit(&self.$value, see);)?
                $(crate::schema::Visit::visit(&self.$maybe, see);)?
                $(crate::schema::Visit::visit(&self.$field, see);)*
                let _ = see;
            }

            fn visit_mut(&mut self, change: &mut dyn FnMut(&mut crate::schema::Constant)) {
                $(crate::schema::Visit::visit_mut(&mut self.$value, change);)?
                $(crate::schema::Visit::visit_mut(&mut self.$maybe, change);)?
                $(crate::schema::Visit::visit_mut(&mut self.$field, change);)*
                let _ = change;
            }
        }

        impl crate::schema::Decode for $Block {
            fn kind() -> crate::schema::Kind {
                crate::schema::Kind::Block(Self::SCHEMA)
            }

            fn decode(entry: &crate::syntax::Entry, decoder: &mut crate::schema::Decoder<'_>) -> Option<Self> {
                let found = decoder.open(entry, Self::SCHEMA);
                let mut found = found.iter();
                $(let $label = decoder.label(entry);)?
                $(let $value = decoder.value::<$Value>(entry);)?
                $(let $maybe = decoder.maybe_value::<$Maybe>(entry);)?
                $(let $field = crate::schema::block!(
                    @decode $presence decoder entry found $Field,
                    crate::schema::block!(@first $($field_key,)? stringify!($field),)
                );)*
                let _ = &mut found;
                Some(Self {
                    span: entry.head(),
                    $($label: $label?,)?
                    $($value: $value?,)?
                    $($maybe,)?
                    $($field: crate::schema::block!(@take $presence $field),)*
                })
            }
        }
    };
    (@type required $T:ty) => { $T };
    (@type optional $T:ty) => { Option<$T> };
    (@type many $T:ty) => { Vec<$T> };
    (@presence required) => { crate::schema::Presence::Required };
    (@presence optional) => { crate::schema::Presence::Optional };
    (@presence many) => { crate::schema::Presence::Many };
    (@decode required $decoder:ident $entry:ident $found:ident $T:ty, $key:expr) => {
        $decoder.required::<$T>($entry, $key, $found.next())
    };
    (@decode optional $decoder:ident $entry:ident $found:ident $T:ty, $key:expr) => {
        $decoder.optional::<$T>($entry, $found.next())
    };
    (@decode many $decoder:ident $entry:ident $found:ident $T:ty, $key:expr) => {
        $decoder.many::<$T>($entry, $key, $found.next())
    };
    (@take required $field:ident) => { $field? };
    (@take optional $field:ident) => { $field };
    (@take many $field:ident) => { $field };
    (@first $first:expr, $($rest:expr,)*) => { $first };
}

/// Declares an enumeration whose words the source uses.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        $Choice:ident { $($(#[doc = $word_doc:literal])+ $Word:ident = $word:literal,)+ }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $Choice { $($(#[doc = $word_doc])+ $Word,)+ }

        impl $Choice {
            /// The words and what they mean.
            pub const WORDS: &'static [(&'static str, &'static str)] =
                &[$(($word, concat!($($word_doc, "\n"),+))),+];

            /// The word of the source.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$Word => $word),+ }
            }
        }

        crate::schema::without_constants! { $Choice }

        impl crate::schema::Scalar for $Choice {
            fn shape() -> crate::schema::Kind {
                crate::schema::Kind::Choice(Self::WORDS)
            }

            fn read(value: &crate::syntax::Value, decoder: &mut crate::schema::Decoder<'_>) -> Option<Self> {
                match decoder.word(value, Self::WORDS)? {
                    $($word => Some(Self::$Word),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {block, choice};
