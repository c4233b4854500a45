/**
 * The operator's decisions. Pure: no clients, clocks, randomness or logging; the time and a fresh
 * nonce come in as data, and what should happen comes out as data.
 */
package io.streamjob.operator.core;
