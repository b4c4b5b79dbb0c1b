package io.weakref.retention;

/**
 * Is notified of the progress of reading a heap dump.
 */
interface Progress {

	Progress NONE = (activity, done, total) -> {
	};

	/**
	 * Called when there is progress.
	 * @param activity the current activity
	 * @param done how much of it is done
	 * @param total how much of it there is at most
	 */
	void report(String activity, long done, long total);

}
