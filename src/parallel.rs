//! Work divided among the processors, whose results do not show it: they come in the order of the items.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelIterator as _, IntoParallelRefIterator as _,
    ParallelIterator as _,
};
use rayon::slice::ParallelSliceMut as _;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// How much of a stack a thread has, in bytes: as much as the first thread of a process, as a rule. Trees are walked by
/// recursion, and a thread may stand in the midst of one when it takes on another.
const STACK: usize = 8 * 1024 * 1024;

/// The threads; `None` where none are to be had, or a single one.
static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// As many threads as processors, whatever `RAYON_NUM_THREADS` says: were the thread that takes part the only one,
/// others would wait for it in vain while it waits for them.
fn threads() -> Option<ThreadPoolBuilder> {
    let processors = processors();
    (processors > 1).then(|| ThreadPoolBuilder::new().num_threads(processors).stack_size(STACK))
}

fn pool() -> Option<&'static ThreadPool> {
    POOL.get_or_init(|| threads()?.build().ok()).as_ref()
}

/// Makes the thread that calls this one of those that work is divided among. Otherwise it hands its work over and waits:
/// at each step of a small platform it would wait longer for another thread to wake than for the work. To be called
/// by the thread that compiles, which others may not wait for.
pub(crate) fn take_part() {
    POOL.get_or_init(|| threads()?.use_current_thread().build().ok());
}

/// Does the same to every item, on as many threads as there are processors, and gives what comes of it in the
/// order of the items. One item needs no thread.
///
/// A thread that waits for others takes on their work meanwhile, so what holds a lock must not call this.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    match pool().filter(|_| items.len() > 1) {
        Some(pool) => pool.install(|| items.par_iter().with_max_len(1).map(&work).collect()),
        None => items.iter().map(work).collect(),
    }
}

/// Does the same to every part of so many items, which it may change, and gives what comes of it in their order.
pub(crate) fn map_parts<T: Send, R: Send>(
    items: &mut [T],
    size: usize,
    work: impl Fn(&mut [T]) -> R + Sync,
) -> Vec<R> {
    match pool().filter(|_| items.len() > size) {
        Some(pool) => pool.install(|| items.par_chunks_mut(size).with_max_len(1).map(&work).collect()),
        None => items.chunks_mut(size).map(work).collect(),
    }
}

/// As [`map`], of items that the work takes.
pub(crate) fn map_owned<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    match pool().filter(|_| items.len() > 1) {
        Some(pool) => pool.install(|| items.into_par_iter().with_max_len(1).map(&work).collect()),
        None => items.into_iter().map(work).collect(),
    }
}

/// As [`map`], for work that is divided further: a whole compilation. It has threads of its own, so that none waits with
/// one begun while it takes on the next.
pub(crate) fn map_whole<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = if items.len() < 2 { 1 } else { processors().min(items.len()) };
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let start = || thread::Builder::new().stack_size(STACK).spawn_scoped(scope, take);
        // Those that cannot be had are done without.
        let others: Vec<_> = (1..threads).filter_map(|_| start().ok()).collect();
        let own = take();
        // A thread that panics is a bug; its panic goes on here.
        let join = |other: thread::ScopedJoinHandle<'_, _>| {
            other.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        own.into_iter().chain(others.into_iter().flat_map(join)).collect()
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::{map, map_whole};

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for many in [0, 1, 2, 1_000] {
            let items: Vec<usize> = (0..many).collect();
            let expected: Vec<usize> = items.iter().map(|item| item * 3).collect();
            assert_eq!(map(&items, |item| item * 3), expected);
            assert_eq!(map_whole(&items, |item| item * 3), expected);
        }
    }
}
