//! Parse, run, exit code; everything else is in the library.

fn main() -> std::process::ExitCode {
    abfluss::cli::run(std::env::args_os())
}
