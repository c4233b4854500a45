package io.streamjob.operator.core.plan;

/**
 * Why something could not be done.
 *
 * @param reason one word, as in a condition
 * @param message a sentence that says what to do
 */
public record Verdict(String reason, String message) {}
