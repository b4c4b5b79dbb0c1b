package io.weakref.sample;

import io.weakref.sample.tile.OutsideThePlaneException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers requests for what does not exist with a 400 that says why.
 */
@RestControllerAdvice
class BadInputAdvice {

	@ExceptionHandler
	ProblemDetail outsideThePlane(OutsideThePlaneException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, ex.getMessage());
	}

}
