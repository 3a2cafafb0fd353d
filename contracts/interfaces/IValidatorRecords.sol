// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Gwei} from "../libraries/Units.sol";

/// @title ValidatorRecords
/// @notice What ValidatorManager knows of validators and key requests. Part of it.
interface IValidatorRecords {
    /// @notice Life of a validator, forward only: KeyVerified → Predeposited → Proven → Active → Exiting → Withdrawn. A
    /// key that is never deposited for ends as Expired, one that exists with other credentials as Foreign. A Slashed
    /// validator leaves too and is counted until it is Withdrawn.
    enum ValidatorState {
        None,
        KeyVerified,
        Predeposited,
        Proven,
        Active,
        Exiting,
        Withdrawn,
        Foreign,
        Slashed,
        Expired
    }

    enum RequestState {
        None,
        Open,
        Completed,
        Expired
    }

    /// @param sentGwei Sum of all deposits made for the key.
    /// @param predepositTimestamp Unix time of the predeposit's block while Predeposited, else 0.
    /// @param validatorIndex Index on the beacon chain; 0 before Proven.
    /// @param reservedShares Pool shares reserved *per seat* for the predeposit; 0 when none is under way.
    /// @param depositDataRoot Guards the predeposit's signature; 0 once the predeposit is made.
    /// @param pointsHash keccak256 of the submitted points: group key and seven share keys.
    /// @param generation The set's generation that made the key.
    /// @param requestOpen ValidatorExits waits for a request to the execution layer.
    /// @param topUpGwei Deposit in flight that no report has credited; 0 for none.
    /// @param storedGwei Balance proven in the transaction of the last top-up.
    struct Validator {
        ValidatorState state;
        uint256 setId;
        Gwei sentGwei;
        uint64 predepositTimestamp;
        uint64 validatorIndex;
        uint256 reservedShares;
        bytes32 depositDataRoot;
        bytes32 pointsHash;
        uint32 generation;
        bool requestOpen;
        Gwei topUpGwei;
        Gwei storedGwei;
    }

    /// @param deadline Unix time in seconds of the last block that may take the keys.
    struct KeyRequest {
        RequestState state;
        uint256 setId;
        uint64 configuration;
        uint32 keyCount;
        uint64 deadline;
    }

    error Unauthorized(address caller);
    error InvalidParameter(string name, uint256 value);
    error WrongState(bytes32 validatorId, ValidatorState actual, ValidatorState expected);

    /// @notice Reads a validator; state None for an unknown one.
    function validator(bytes32 validatorId) external view returns (Validator memory);

    function request(uint256 requestId) external view returns (KeyRequest memory);

    function requestCount() external view returns (uint256);

    /// @notice Number of the set's open request, 0 for none.
    function openRequestOf(uint256 setId) external view returns (uint256 requestId);

    /// @notice Unix time until which the set gets no request.
    function skippedUntil(uint256 setId) external view returns (uint64);

    /// @notice Keys of the set that are requested, verified, predeposited or proven, and not topped up yet.
    function pendingKeyCount(uint256 setId) external view returns (uint256);

    /// @notice Wei that all keys that do not leave still lack to the target, by what was sent to them.
    function committedWei() external view returns (uint256);

    /// @notice Keys that are proven and not topped up yet.
    function provenKeyCount() external view returns (uint256);

    /// @notice Credentials every key must have: those of WithdrawalVault.
    function withdrawalCredentials() external view returns (bytes32);

    /// @notice Length of all durations in seconds: 86,400, less on a devnet.
    function DAY() external view returns (uint64);

    /// @notice Seconds that a set has to deliver requested keys.
    function REQUEST_LIFETIME() external view returns (uint64);

    /// @notice Balance each key is brought to, in wei: 32 to 2,046 ETH.
    function TARGET_BALANCE_WEI() external view returns (uint256);
}
