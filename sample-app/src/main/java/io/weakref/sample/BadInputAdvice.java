package io.weakref.sample;

import io.weakref.sample.tile.OutsideThePlaneException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers requests for tiles that do not exist with status 400 and the reason.
 */
@RestControllerAdvice
class BadInputAdvice {

	@ExceptionHandler
	ProblemDetail outsideThePlane(OutsideThePlaneException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, ex.getMessage());
	}

}
