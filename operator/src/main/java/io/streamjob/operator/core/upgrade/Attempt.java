package io.streamjob.operator.core.upgrade;

import java.time.Instant;

/**
 * One try at a step.
 *
 * @param number from 1
 * @param nonce fresh for every attempt and stored before anything of it is done
 * @param since when it began
 */
public record Attempt(int number, String nonce, Instant since) {}
