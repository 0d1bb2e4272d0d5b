//! Requests and limits of a container.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::platform::Service;
use crate::schema::Bytes;

/// The share of the limit of processors that is requested where the source reserves nothing.
const CPU_SHARE: f64 = 0.25;

pub(super) fn lower(service: &Service) -> ResourceRequirements {
    let resources = &service.resources;
    let request = requests(service);
    let map = |cpu: f64, memory: Bytes| {
        BTreeMap::from([("cpu".to_owned(), self::cpu(cpu)), ("memory".to_owned(), self::memory(memory))])
    };
    let mut limits = map(resources.cpu, resources.memory);
    if let Some(gpu) = service.placement.as_ref().and_then(|placement| placement.gpu) {
        // Extended resources have no requests of their own
        // (https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/).
        limits.insert("nvidia.com/gpu".to_owned(), Quantity(gpu.to_string()));
    }
    ResourceRequirements { requests: Some(map(request.0, request.1)), limits: Some(limits), claims: None }
}

/// What a node must have left for a pod: what the source reserves, else a quarter of the processors and half of the
/// memory; all of the memory of a service that keeps data, which the kubelet evicts last then.
fn requests(service: &Service) -> (f64, Bytes) {
    let resources = &service.resources;
    let cpu = resources.reserve.cpu.unwrap_or(resources.cpu * CPU_SHARE);
    let share = if service.volumes.is_empty() { resources.memory.0.div_ceil(2) } else { resources.memory.0 };
    (cpu, resources.reserve.memory.unwrap_or(Bytes(share)))
}

/// Processors, in whole ones or thousandths: the least that can be asked for is one thousandth.
pub(super) fn cpu(cpus: f64) -> Quantity {
    let thousandths = (cpus * 1_000.0).ceil().max(1.0);
    Quantity(if thousandths % 1_000.0 == 0.0 {
        format!("{}", thousandths / 1_000.0)
    } else {
        format!("{thousandths}m")
    })
}

/// Memory or room on a disk, in the largest unit that leaves no rest.
pub(super) fn memory(size: Bytes) -> Quantity {
    const UNITS: [(&str, u64); 4] = [("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
    let fits = UNITS.iter().find(|(_, unit)| size.0 >= *unit && size.0.is_multiple_of(*unit));
    Quantity(fits.map_or_else(|| size.0.to_string(), |(name, unit)| format!("{}{name}", size.0 / unit)))
}

#[cfg(test)]
mod tests {
    use super::{cpu, memory};
    use crate::schema::Bytes;

    #[test]
    fn quantities_are_as_the_api_server_prints_them() {
        let cpus = [0.0001, 0.25, 0.5, 1.0, 1.5, 4.0].map(|cpus| cpu(cpus).0);
        assert_eq!(cpus, ["1m", "250m", "500m", "1", "1500m", "4"]);
        let sizes = [1, 1 << 10, 1536 << 20, 2 << 30].map(|size| memory(Bytes(size)).0);
        assert_eq!(sizes, ["1", "1Ki", "1536Mi", "2Gi"]);
    }
}
