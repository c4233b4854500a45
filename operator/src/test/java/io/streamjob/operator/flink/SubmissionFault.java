package io.streamjob.operator.flink;

/** What {@link ScriptedFlink} does with the next submission instead of running it. */
public sealed interface SubmissionFault {

  /** 400, and nothing is left. */
  record Reject(String message) implements SubmissionFault {}

  /** 400, but the job runs: main() threw after it had executed. */
  record RejectButRun(String message) implements SubmissionFault {}

  /** 400, and the job is listed as FAILED: its snapshot cannot be restored. */
  record RejectAsFailed(String message) implements SubmissionFault {}

  /** The job runs, but no answer comes before {@link ScriptedFlink#close()}. */
  record HangButRun() implements SubmissionFault {}

  /** The connection is closed without an answer, and nothing runs. */
  record Close() implements SubmissionFault {}

  /** The connection is closed without an answer, but the job runs. */
  record CloseButRun() implements SubmissionFault {}
}
