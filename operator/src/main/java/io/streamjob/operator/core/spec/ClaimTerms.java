package io.streamjob.operator.core.spec;

/** When a job may have a folder of the storage for its own. */
public enum ClaimTerms {
  /** It belongs to nobody and holds no complete snapshot: nobody has said what to start from. */
  UNUSED,
  /** It belongs to nobody: the job has run there before. */
  UNOWNED,
  /** Whoever owns it, and whatever it holds: the spec says what to start from. */
  ANY
}
