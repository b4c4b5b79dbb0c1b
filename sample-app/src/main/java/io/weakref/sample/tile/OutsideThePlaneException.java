package io.weakref.sample.tile;

/**
 * Thrown for a tile or a viewport that does not exist. Its message is one sentence that
 * can be shown to the user.
 */
public class OutsideThePlaneException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	OutsideThePlaneException(String message) {
		super(message);
	}

}
