package io.weakref.sample.tile;

/**
 * Thrown for a tile or a viewport outside the plane, and for a viewport that is empty or
 * too large. Its message is one sentence that can be shown to the user.
 */
public class OutsideThePlaneException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	OutsideThePlaneException(String message) {
		super(message);
	}

}
