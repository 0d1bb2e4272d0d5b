//! Prints a platform of a generator: `cargo run --example platform SERVICES`, with `kubernetes` behind it one for a cluster alone.

#![expect(clippy::print_stdout, reason = "what it is for")]

mod cluster;
mod platform;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let services = arguments.next().ok_or("say how many services")?.parse()?;
    match arguments.next().as_deref() {
        None => print!("{}", platform::platform(services)),
        Some("kubernetes") => print!("{}", cluster::cluster(services)),
        Some(_) => return Err("say `kubernetes` or nothing".into()),
    }
    Ok(())
}
