/**
 * An upgrade as data: which steps lead from the run that exists to the one that is wanted. A plan
 * is made once, kept in the status, and carried out step by step.
 */
package io.streamjob.operator.core.plan;
