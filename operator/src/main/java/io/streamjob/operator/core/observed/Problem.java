package io.streamjob.operator.core.observed;

/**
 * Something that keeps a step from going on.
 *
 * @param reason one word, as in a condition
 * @param message a sentence that says what is wrong and what to do
 * @param isFinal whether waiting cannot help: only another spec can
 */
public record Problem(String reason, String message, boolean isFinal) {}
