//! The `hermux` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(word) if word == "guard" => hermux::guard::run(args.skip_while(|word| word == "--")),
        Some(word) if word == "demo-backend" => {
            let args: Vec<String> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
            hermux::demo::run(&args)
        }
        _ => ExitCode::from(2),
    }
}
