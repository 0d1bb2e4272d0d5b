//! What is written of objects. The tree of an object takes ten times the room of its text, so it is printed where it is made, while
//! it is in the processor's cache, and only what an override extends stays a tree until all are there.

use super::object::{Object, Stage};
use super::objects::{self, Owner};
use super::{Files, fixed, over, secret};
use crate::parallel;
use crate::platform::Platform;

/// An object as text, with its lines in the tables that stand beside the objects.
#[derive(Debug)]
pub(super) struct Printed {
    /// The file that it stands in, without its folder and `.yaml`.
    pub(super) file: String,
    pub(super) stage: Stage,
    pub(super) text: String,
    /// Its lines in the table of what cannot change.
    pub(super) fixed: String,
    /// Its lines in the table of Secrets.
    pub(super) secrets: String,
}

impl Printed {
    /// The document of an object.
    pub(super) fn of(object: Object) -> Self {
        let text = object.text();
        let (fixed, secrets) = (fixed::lines(&object), secret::lines(&object));
        Self { file: object.file, stage: object.stage, text, fixed, secrets }
    }
}

/// Objects that were made together.
#[derive(Debug)]
enum Made {
    Objects(Vec<Object>),
    Texts(Vec<Printed>),
}

/// Every object of a platform with its overrides, file by file, each behind what it needs.
pub(super) fn all(platform: &Platform, files: &Files<'_>) -> Vec<Printed> {
    let (own, any) = (over::extends(platform, None), over::is_used(platform));
    let make = |owner: Owner<'_>, objects: Vec<Object>| {
        let may_extend = match owner {
            Owner::Platform => own,
            Owner::Service(service) => over::extends(platform, Some(service)),
            Owner::Several => any,
        };
        if may_extend {
            Made::Objects(objects)
        } else {
            Made::Texts(objects.into_iter().map(Printed::of).collect())
        }
    };
    let mut made = objects::parts(platform, files, &make);
    let extended = made.iter_mut().flat_map(|made| match made {
        Made::Objects(objects) => objects.as_mut_slice(),
        Made::Texts(_) => &mut [],
    });
    over::apply(platform, &mut extended.collect::<Vec<_>>());
    let documents = parallel::map_owned(made, |made| match made {
        Made::Objects(objects) => objects.into_iter().map(Printed::of).collect(),
        Made::Texts(documents) => documents,
    });
    documents.into_iter().flatten().collect()
}
