//! Where panels stand on the page: from left to right, in lines as high as their highest panel.

use serde::Serialize;

use crate::platform::observe::Panel;

/// How wide a page is (grafana/grafana:kinds/dashboard, `GridPos`).
pub(super) const COLUMNS: u64 = 24;

/// A place on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    h: u64,
    w: u64,
    x: u64,
    y: u64,
}

/// Where the next panel goes.
#[derive(Debug, Default)]
pub(super) struct Page {
    x: u64,
    y: u64,
    /// How high the highest panel of the line is.
    height: u64,
}

impl Page {
    /// The place of a panel.
    pub(super) fn panel(&mut self, panel: &Panel) -> Place {
        self.place(panel.width, panel.height)
    }

    /// The place of a heading, on a line of its own.
    pub(super) fn heading(&mut self) -> Place {
        self.end_line();
        let place = self.place(COLUMNS, 1);
        self.end_line();
        place
    }

    fn place(&mut self, w: u64, h: u64) -> Place {
        if self.x + w > COLUMNS {
            self.end_line();
        }
        let place = Place { h, w, x: self.x, y: self.y };
        self.x += w;
        self.height = self.height.max(h);
        place
    }

    fn end_line(&mut self) {
        self.x = 0;
        self.y += self.height;
        self.height = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Place};

    #[test]
    fn panels_flow_and_never_overlap() {
        let mut page = Page::default();
        let sizes = [(6, 4), (12, 8), (6, 2), (1, 1), (24, 3), (23, 1), (2, 5)];
        let mut places: Vec<Place> = sizes.iter().map(|(w, h)| page.place(*w, *h)).collect();
        places.push(page.heading());
        places.push(page.place(3, 3));
        let starts: Vec<(u64, u64)> = places.iter().map(|place| (place.x, place.y)).collect();
        assert_eq!(starts, [(0, 0), (6, 0), (18, 0), (0, 8), (0, 9), (0, 12), (0, 13), (0, 18), (0, 19)]);
    }
}
