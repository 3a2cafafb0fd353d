// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidatorRecords} from "./IValidatorRecords.sol";

/// @title KeyRequests
/// @notice Asks sets for keys. Part of ValidatorManager.
interface IKeyRequests {
    event KeysRequested(
        uint256 indexed requestId,
        uint256 indexed setId,
        uint64 configuration,
        uint32 keyCount,
        uint64 deadline
    );
    event RequestExpired(uint256 indexed requestId, uint256 indexed setId, uint64 skippedUntil);

    /// @notice Seats (bit = seat − 1) of which no acknowledgement was recorded when the request expired. That a seat is one
    /// of them does not say whose fault it was: one that deals nothing keeps all others from acknowledging.
    event SeatsSilent(uint256 indexed requestId, uint256 indexed setId, uint8 seats);

    error InvalidKeyCount(uint256 keyCount, uint256 maximum);

    /// @notice A set makes keys for one request at a time.
    error RequestAlreadyOpen(uint256 setId, uint256 requestId);

    /// @notice The set let a request expire and is left out until then.
    error SetSkipped(uint256 setId, uint64 until);

    /// @notice The pool has no ETH for more keys, and the set has its spare ones. *Because* a ceremony costs seven
    /// operators work: only demand, or two keys ahead of it, may cause one.
    error NoDemand(uint256 setId, uint256 committedWei, uint256 unallocatedWei);

    /// @notice The set is barred, leaves keys overdue, is leased or shares its keys anew.
    error SetTakesNoKeys(uint256 setId);

    /// @notice The pool is paused, quarantined or closed.
    error NewKeysStopped();
    error RequestPastDeadline(uint256 requestId, uint64 deadline);
    error RequestBeforeDeadline(uint256 requestId, uint64 deadline);
    error RequestNotOpen(uint256 requestId, IValidatorRecords.RequestState state);

    /// @notice Asks a set for new keys. Anyone may, when the set is next by stake per capacity, has no open request,
    /// and the pool has ETH for the keys that no other key is meant to get (or the set has fewer than two spare
    /// keys).
    /// @param keyCount 1 to 20.
    function requestKeys(uint256 setId, uint32 keyCount) external returns (uint256 requestId);

    /// @notice Closes a request after its deadline and leaves the set out for one DAY. Says which seats acknowledged
    /// nothing; see IKeySubmissions.recordAcknowledgements. Anyone may.
    function expireRequest(uint256 requestId) external;
}
