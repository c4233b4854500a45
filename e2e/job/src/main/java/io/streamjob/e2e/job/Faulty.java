package io.streamjob.e2e.job;

import org.apache.flink.api.common.functions.MapFunction;

/** The operator of {@link Misbehaviour#FAIL}: fails at its 100th event after each start. */
final class Faulty implements MapFunction<Counted, Counted> {
  private static final long serialVersionUID = 1L;
  private static final int GOOD_EVENTS = 99;

  private transient int seen;

  @Override
  public Counted map(Counted counted) {
    if (++seen > GOOD_EVENTS) {
      throw new IllegalStateException("The sample job fails on purpose (--misbehave fail)");
    }
    return counted;
  }
}
