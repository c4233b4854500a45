/**
 * The model check: every reachable state of the machine together with a small world, breadth first.
 * The world is Kubernetes, Flink, the storage, the user and fate, as few words of each as keep what
 * may go wrong. Time is abstract: replies are fresh or old, attempts are young or overdue, and
 * every restart was lately.
 *
 * <p>Not searched: a window of restarts that runs out, and, with two leaders, slowness and calls
 * that go wrong.
 */
package io.streamjob.operator.core.upgrade.model;
