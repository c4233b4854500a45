package io.streamjob.e2e.job;

/** What the counting operator says about one event. */
public record Counted(long event, long key, long count, String note) {

  Counted withNote(String text) {
    return new Counted(event, key, count, text);
  }
}
