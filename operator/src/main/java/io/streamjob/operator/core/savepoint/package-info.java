/** The life of one Savepoint: asked for, taken, verified, or failed; and how it goes. Pure. */
package io.streamjob.operator.core.savepoint;
