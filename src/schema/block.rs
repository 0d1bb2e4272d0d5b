//! The declaration of a concept. `block!` is the only clever macro of the code base.

/// Declares a block: its struct, its description ([`super::Block`]) and its decoder.
///
/// ```text
/// block! {
///     /// A port that a service listens on.
///     "port" => Port / PortField {
///         label name = "The name in references.";
///         value number: PortNumber = "The number that the program listens on.";
///         /// The protocol.
///         optional protocol: Protocol,
///     }
/// }
/// ```
///
/// The label becomes a `Name`; a value is `value` (must be there) or `maybe` (may be missing); fields
/// are `required` (a `T`), `optional` (an `Option<T>`) or `many` (a `Vec<T>`, one for each label); `nested` is `many`
/// of the block's own kind. `field as "key"` gives a field a key that is no Rust name.
///
/// `PortField` is the enumeration of the fields ([`super::Fields`]), each with those below it.
macro_rules! block {
    (
        $(#[doc = $doc:literal])+
        $key:literal => $Block:ident / $Fields:ident {
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

        #[doc = concat!("A field of [`", stringify!($Block), "`], with the field below it.")]
        #[allow(non_camel_case_types, reason = "a variant is called as the field is")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $Fields {
            $(#[doc = $value_doc] $value(crate::schema::Leaf),)?
            $(#[doc = $maybe_doc] $maybe(crate::schema::Leaf),)?
            $($(#[doc = $field_doc])+ $field(crate::schema::block!(@fields $presence $Field)),)*
        }

        impl crate::schema::Fields for $Fields {
            const COUNT: u32 = $Block::FIRST
                $(+ <crate::schema::block!(@fields $presence $Field) as crate::schema::Fields>::COUNT)*;

            #[allow(unused_assignments, unused_mut, unused_variables, reason = "the last field is followed by none")]
            fn at(number: u32) -> Option<Self> {
                let mut at = number.checked_sub(1)?;
                $(
                    if at == 0 {
                        return Some(Self::$value(crate::schema::Leaf));
                    }
                    at -= 1;
                )?
                $(
                    if at == 0 {
                        return Some(Self::$maybe(crate::schema::Leaf));
                    }
                    at -= 1;
                )?
                $(
                    let count = <crate::schema::block!(@fields $presence $Field) as crate::schema::Fields>::COUNT;
                    if at < count {
                        return crate::schema::Fields::at(at).map(Self::$field);
                    }
                    at -= count;
                )*
                None
            }
        }

        impl $Block {
            /// The number of the first field, after the block itself and its main value.
            const FIRST: u32 =
                1 $(+ crate::schema::block!(@one $value))? $(+ crate::schema::block!(@one $maybe))?;

            /// The count of numbers of each field.
            const COUNTS: &'static [u32] =
                &[$(<crate::schema::block!(@fields $presence $Field) as crate::schema::Fields>::COUNT),*];

            /// The number of each field.
            const NUMBERS: [u32; Self::COUNTS.len()] = crate::schema::numbers(Self::FIRST, Self::COUNTS);

            /// The description of the block.
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
                numbers: &Self::NUMBERS,
                counts: Self::COUNTS,
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
            type Fields = $Fields;

            fn kind() -> crate::schema::Kind {
                crate::schema::Kind::Block(Self::SCHEMA)
            }

            fn decode(entry: &crate::syntax::Entry, decoder: &mut crate::schema::Decoder<'_>) -> Option<Self> {
                let place = decoder.place();
                let found = decoder.open(entry, Self::SCHEMA);
                let mut found = found.iter().zip(Self::NUMBERS);
                $(let $label = decoder.label(entry);)?
                $(let $value = decoder.value::<$Value>(entry, $value_doc);)?
                $(let $maybe = decoder.maybe_value::<$Maybe>(entry);)?
                $(let $field = crate::schema::block!(
                    @decode $presence decoder entry place found $Field,
                    crate::schema::block!(@first $($field_key,)? stringify!($field),)
                );)*
                let _ = (&mut found, place);
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
    (@type nested $T:ty) => { Vec<$T> };
    (@presence required) => { crate::schema::Presence::Required };
    (@presence optional) => { crate::schema::Presence::Optional };
    (@presence many) => { crate::schema::Presence::Many };
    (@presence nested) => { crate::schema::Presence::Many };
    (@decode required $decoder:ident $entry:ident $place:ident $found:ident $T:ty, $key:expr) => {
        {
            let found = $decoder.field($place, $found.next());
            $decoder.required::<$T>($entry, $key, found)
        }
    };
    (@decode optional $decoder:ident $entry:ident $place:ident $found:ident $T:ty, $key:expr) => {
        {
            let found = $decoder.field($place, $found.next());
            $decoder.optional::<$T>($entry, found)
        }
    };
    (@decode many $decoder:ident $entry:ident $place:ident $found:ident $T:ty, $key:expr) => {
        {
            let found = $decoder.field($place, $found.next());
            $decoder.many::<$T>($entry, $key, found)
        }
    };
    (@decode nested $decoder:ident $entry:ident $place:ident $found:ident $T:ty, $key:expr) => {
        {
            let found = $decoder.itself($place, $found.next());
            $decoder.many::<$T>($entry, $key, found)
        }
    };
    (@take required $field:ident) => { $field? };
    (@take optional $field:ident) => { $field };
    (@take many $field:ident) => { $field };
    (@take nested $field:ident) => { $field };
    (@fields nested $T:ty) => { crate::schema::Leaf };
    (@fields $presence:ident $T:ty) => { <$T as crate::schema::Decode>::Fields };
    (@one $any:ident) => { 1 };
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
            /// The words and their meanings.
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
