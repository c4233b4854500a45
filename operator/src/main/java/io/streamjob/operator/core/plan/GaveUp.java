package io.streamjob.operator.core.plan;

/**
 * A goal that was given up, until the spec changes.
 *
 * @param goal what could not be reached ({@link io.streamjob.operator.core.spec.Desired#goal()})
 * @param rolledBack whether a run had been stopped for it and its former version is back
 */
public record GaveUp(String goal, Verdict verdict, boolean rolledBack) {}
