package io.streamjob.operator.core.upgrade;

/**
 * What stands in a status: what the operator remembers, and of which job.
 *
 * @param uid of the StreamJob; another than that of the object which it stands in if a backup put
 *     it there
 */
public record Memory(String uid, MachineState state) {

  /** Whether it speaks of the StreamJob with this uid. */
  public boolean isOf(String job) {
    return uid.equals(job);
  }
}
