/**
 * The state machine that carries out plans: from the state in the status and what was observed to
 * the next state, or to actions that bring it nearer.
 */
package io.streamjob.operator.core.upgrade;
