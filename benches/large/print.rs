//! Prints a platform of the generator: `cargo run --example platform SERVICES`.

#![expect(clippy::print_stdout, reason = "what it is for")]

mod platform;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let services = std::env::args().nth(1).ok_or("say how many services")?.parse()?;
    print!("{}", platform::platform(services));
    Ok(())
}
