/**
 * How an export is started whose memory is measured. Node sizes the space of new objects by the machine and fills it before it
 * clears up, whatever a process holds: on 24 GB it took 170 of 245 MB while an export of 333,333 rows held 11. So that
 * space is kept small (https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib), and what is measured is the export.
 */
export const EXPORT_FLAGS = ['--max-semi-space-size=16'];
