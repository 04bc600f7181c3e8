//! How the process itself is, for dashboards: memory, processor time, open files, and whether Postgres answers it. One for each process.
//! Where there is no `/proc`, what stands there is not told.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::store::Store;
use crate::worker::bounded;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(15);

/// So many clock ticks are a second in `/proc/PID/stat`: a constant of Linux' interface to programs (proc(5), `USER_HZ`).
const TICKS: u64 = 100;

/// Works until stopped.
pub async fn run(store: Store, stop: CancellationToken) {
    metrics::gauge!("quell_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    loop {
        let is_up = bounded(store.now()).await.is_ok();
        metrics::gauge!("quell_postgres_up").set(f64::from(u8::from(is_up)));
        if let Some(vitals) = look() {
            vitals.show();
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Vitals {
    started: f64,
    cpu_seconds: u64,
    resident_bytes: u64,
    open_files: usize,
    most_files: Option<u64>,
}

impl Vitals {
    fn show(&self) {
        metrics::gauge!("process_start_time_seconds").set(self.started);
        metrics::counter!("process_cpu_seconds_total").absolute(self.cpu_seconds);
        metrics::gauge!("process_resident_memory_bytes").set(self.resident_bytes as f64);
        metrics::gauge!("process_open_fds").set(self.open_files as f64);
        if let Some(most) = self.most_files {
            metrics::gauge!("process_max_fds").set(most as f64);
        }
    }
}

fn look() -> Option<Vitals> {
    let read = |file: &str| std::fs::read_to_string(file).ok();
    let (stat, status, limits) = (
        read("/proc/self/stat")?,
        read("/proc/self/status")?,
        read("/proc/self/limits")?,
    );
    // Not from `/proc/stat`, which a sandbox hides (`ProcSubset=pid`).
    let booted = clock::now().as_duration().as_secs_f64() - clock::local().as_secs_f64();
    let open_files = std::fs::read_dir("/proc/self/fd").ok()?.count();
    parse(&stat, &status, &limits, booted, open_files)
}

fn parse(stat: &str, status: &str, limits: &str, booted: f64, open_files: usize) -> Option<Vitals> {
    // The program's name stands in brackets and may hold anything: what counts comes after the last one.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // Fields 14, 15 and 22 of proc(5), of which the first here is the third.
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    let line = |text: &'_ str, name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name).map(str::to_owned))
    };
    let kilobytes: u64 = line(status, "VmRSS:")?.split_whitespace().next()?.parse().ok()?;
    let most_files =
        line(limits, "Max open files").and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    Some(Vitals {
        started: booted + field(22)? as f64 / TICKS as f64,
        cpu_seconds: (field(14)? + field(15)?) / TICKS,
        resident_bytes: kilobytes * 1024,
        open_files,
        most_files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_of_a_process_is_read_by_its_fields() {
        let stat = "42 (qu) ell (x)) S 1 42 42 0 -1 4194560 100 0 0 0 250 151 0 0 20 0 9 0 700 1000 2000 18446744073709551615";
        let limits = "Limit   Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        let vitals = parse(stat, "Name:\tq\nVmRSS:\t   2048 kB\n", limits, 1000.0, 12);
        let expected = Vitals {
            started: 1007.0,
            cpu_seconds: 4,
            resident_bytes: 2_097_152,
            open_files: 12,
            most_files: Some(1024),
        };
        assert_eq!(vitals, Some(expected));
        assert_eq!(parse("nothing", "", "", 0.0, 0), None);
    }
}
