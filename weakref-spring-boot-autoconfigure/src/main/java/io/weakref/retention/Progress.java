package io.weakref.retention;

/**
 * Is told how far the reading of a heap dump has come.
 */
interface Progress {

	Progress NONE = (activity, done, total) -> {
	};

	/**
	 * Some more is done.
	 * @param activity what is being done
	 * @param done how much of it is done
	 * @param total how much of it there is at most
	 */
	void report(String activity, long done, long total);

}
