//! The order of starts: what others wait for stands first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Platform, Service};
use crate::model::Condition;

impl Platform {
    /// The services that run something, each behind those it depends on, and else in the order of the source.
    #[must_use]
    pub fn start_order(&self) -> Vec<&Service> {
        let count = self.services.len();
        let mut waiting_for = vec![0usize; count];
        let mut waited_for_by: Vec<Vec<usize>> = vec![Vec::new(); count];
        for service in &self.services {
            let waits =
                service.dependencies.iter().filter(|dependency| dependency.condition != Condition::Nothing);
            for dependency in waits {
                waiting_for[service.id.0] += 1;
                waited_for_by[dependency.on.0].push(service.id.0);
            }
        }
        let mut ready: BinaryHeap<Reverse<usize>> =
            (0..count).filter(|at| waiting_for[*at] == 0).map(Reverse).collect();
        let mut ordered = Vec::with_capacity(count);
        while let Some(Reverse(at)) = ready.pop() {
            let service = &self.services[at];
            // A service without a container of its own is a name for those nested in it.
            if service.runs() {
                ordered.push(service);
            }
            for dependent in &waited_for_by[at] {
                waiting_for[*dependent] -= 1;
                if waiting_for[*dependent] == 0 {
                    ready.push(Reverse(*dependent));
                }
            }
        }
        // `check` refuses cycles, so nothing is left; were it otherwise, nothing would be lost.
        ordered.extend(self.services.iter().filter(|service| waiting_for[service.id.0] > 0));
        ordered
    }
}
