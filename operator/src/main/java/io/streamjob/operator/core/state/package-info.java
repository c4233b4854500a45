/** How the operator's own records stand in a status: as text, with the version of their format. */
package io.streamjob.operator.core.state;
