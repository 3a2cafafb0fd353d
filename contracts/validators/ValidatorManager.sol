// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IKeySubmissions} from "../interfaces/IKeySubmissions.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {FixedPart} from "../libraries/FixedPart.sol";
import {ValidatorDeposits} from "./ValidatorDeposits.sol";
import {ValidatorLedger} from "./ValidatorLedger.sol";
import {ValidatorProofs} from "./ValidatorProofs.sol";
import {ValidatorSettlements} from "./ValidatorSettlements.sol";

/// @title ValidatorManager
/// @dev Read KeyRequests → KeySubmissions → ValidatorDeposits (1 ETH) → ValidatorProofs → ValidatorDeposits (the
/// rest) → ValidatorSettlements → ValidatorEndings. Requests, submissions and endings have their code in two parts of
/// their own, *because* one contract may have 24 kB; it runs on this contract's storage. The parts are fixed at
/// deployment for ever.
contract ValidatorManager is ValidatorDeposits, ValidatorProofs, ValidatorSettlements, IValidatorManager {
    using FixedPart for address;

    address public immutable CEREMONIES;
    address public immutable ENDINGS;

    constructor(
        Wiring memory w,
        Parameters memory parameters,
        address ceremonies,
        address endings
    ) ValidatorLedger(w, parameters) {
        // Delegating to an address without code would succeed and do nothing.
        if (ceremonies.code.length == 0) revert InvalidParameter("ceremonies", uint160(ceremonies));
        if (endings.code.length == 0) revert InvalidParameter("endings", uint160(endings));
        CEREMONIES = ceremonies;
        ENDINGS = endings;
    }

    /// @dev ETH passes through on its way from the pool to the deposit contract and never stays.
    receive() external payable {
        if (msg.sender != address(POOL)) revert Unauthorized(msg.sender);
    }

    function requestKeys(uint256, uint32) external returns (uint256) {
        CEREMONIES.delegate();
    }

    function expireRequest(uint256) external {
        CEREMONIES.delegate();
    }

    function recordAcknowledgements(
        uint256,
        IKeySubmissions.Acknowledgement calldata,
        uint8,
        bytes[] calldata
    ) external {
        CEREMONIES.delegate();
    }

    function submitKeys(uint256, uint32, bytes32, IKeySubmissions.KeySubmission[] calldata, bytes[] calldata) external {
        CEREMONIES.delegate();
    }

    function proveForeign(bytes32, IBeaconVerifier.Anchor calldata, IBeaconVerifier.ValidatorProof calldata) external {
        ENDINGS.delegate();
    }

    function recordExit(bytes32, IBeaconVerifier.Anchor calldata, IBeaconVerifier.ValidatorProof calldata) external {
        ENDINGS.delegate();
    }

    function provePendingTopUp(
        bytes32,
        IBeaconVerifier.Anchor calldata,
        IBeaconVerifier.PendingDepositProof calldata
    ) external {
        ENDINGS.delegate();
    }

    function recordWithdrawn(
        bytes32,
        IBeaconVerifier.Anchor calldata,
        IBeaconVerifier.ValidatorProof calldata,
        IBeaconVerifier.BalancesProof calldata
    ) external {
        ENDINGS.delegate();
    }

    function forget(bytes32) external {
        ENDINGS.delegate();
    }

    function expireKey(bytes32) external {
        ENDINGS.delegate();
    }

    /// @inheritdoc IValidatorManager
    function canRequestKeys(uint256 setId, uint32 keyCount) external view returns (bool) {
        return _canRequestKeys(setId, keyCount);
    }
}
