// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {IValidatorDeposits} from "../interfaces/IValidatorDeposits.sol";
import {DepositData} from "../libraries/DepositData.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {FAR_FUTURE_EPOCH, Gwei, toGwei} from "../libraries/Units.sol";
import {Deposits, DepositWord} from "./DepositWord.sol";
import {KeyDemand} from "./KeyDemand.sol";
import {ValidatorAccounting} from "./ValidatorAccounting.sol";
import {ValidatorEvidence} from "./ValidatorEvidence.sol";

/// @title ValidatorDeposits
/// @dev The only two ways of pool ETH to a validator. 1 ETH goes to a key that was verified here, the rest only to
/// one that was proven on the beacon chain, *because* four colluding seats can register their key first with other
/// credentials.
abstract contract ValidatorDeposits is ValidatorAccounting, KeyDemand, ValidatorEvidence, IValidatorDeposits {
    using DepositWord for bytes32;
    using DepositWord for Deposits;
    using SafeCast for uint256;

    /// @dev What a lost predeposit costs the set, 1 ETH and a tenth, in equal parts and 5 % above the moment's rate.
    uint256 private constant RESERVE_WEI = 1.1 ether;
    uint256 private constant RESERVE_MARGIN_PERCENT = 105;
    uint256 private constant SEATS = 7;

    /// @dev The deposit contract takes no less.
    uint256 private constant MINIMUM_DEPOSIT_WEI = 1 ether;

    /// @inheritdoc IValidatorDeposits
    function predeposit(bytes calldata pubkey, bytes calldata depositSignature) external {
        bytes32 validatorId = SSZ.pubkeyRoot(pubkey);
        _requireState(validatorId, ValidatorState.KeyVerified);
        ValidatorRecord storage record = _validators[validatorId];
        bytes32 root = DepositData.root(pubkey, withdrawalCredentials, toGwei(PREDEPOSIT_WEI), depositSignature);
        if (root != record.word) revert DepositSignatureMismatch(root, record.word);
        uint256 setId = record.setId;
        _requireAcceptsKeys(setId);
        _requireNoTopUpLost();

        uint256 sharesPerSeat = _reserveSharesPerSeat();
        Deposits memory deposits;
        deposits.sentGwei = toGwei(PREDEPOSIT_WEI);
        record.state = ValidatorState.Predeposited;
        record.since = uint40(block.timestamp);
        record.configuration = uint256(CHANGES.configuration(setId)).toUint32();
        record.reservedShares = sharesPerSeat.toUint64();
        record.word = deposits.pack();
        _uncommit(PREDEPOSIT_WEI);
        _addInFlight(deposits.sentGwei);
        emit Predeposited(validatorId, uint64(block.timestamp));

        _countDeposited();
        SETS.reserve(setId, sharesPerSeat);
        POOL.fundPredeposit();
        _deposit(PREDEPOSIT_WEI, pubkey, depositSignature, root);
    }

    /// @inheritdoc IValidatorDeposits
    function topUp(
        bytes calldata pubkey,
        uint256 amountWei,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof,
        IBeaconVerifier.BalancesProof calldata balances
    ) external {
        bytes32 validatorId = SSZ.pubkeyRoot(pubkey);
        Gwei balance = _requireToppable(validatorId, anchor, proof, balances);
        _requireTopUpAmount(validatorId, amountWei, balance);
        _recordTopUp(validatorId, toGwei(amountWei), balance);
        POOL.fundTopUp(amountWei);
        // The beacon chain does not check the signature of a deposit to a key that it knows.
        bytes memory signature = new bytes(96);
        bytes32 root = DepositData.root(pubkey, withdrawalCredentials, toGwei(amountWei), signature);
        _deposit(amountWei, pubkey, signature, root);
    }

    /// @inheritdoc IValidatorDeposits
    function topUpAmountWei(bytes32 validatorId) external view returns (uint256) {
        ValidatorRecord storage record = _validators[validatorId];
        if (record.state != ValidatorState.Proven && record.state != ValidatorState.Active) return 0;
        Deposits memory deposits = record.word.unpack();
        if (record.requestOpen || Gwei.unwrap(deposits.topUpGwei) != 0 || !POOL.acceptsTopUps()) return 0;
        uint256 missingWei = _missingWei(deposits.sentGwei);
        uint256 amountWei = Math.min(missingWei, POOL.unallocatedWei());
        amountWei -= amountWei % 1 gwei;
        return amountWei < _minimumTopUpWei(missingWei) ? 0 : amountWei;
    }

    /// @dev Nothing else may be on its way from or to the validator, *because* the proven balance is what tells later
    /// whether this deposit arrived.
    function _requireToppable(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof,
        IBeaconVerifier.BalancesProof calldata balances
    ) private view returns (Gwei) {
        ValidatorRecord storage record = _validators[validatorId];
        if (record.state != ValidatorState.Active) _requireState(validatorId, ValidatorState.Proven);
        if (record.requestOpen) revert RequestInFlight(validatorId);
        if (Gwei.unwrap(record.word.unpack().topUpGwei) != 0) revert TopUpInFlight(validatorId);
        // A balance from before the last top-up arrived would let this one count as arrived at once.
        uint256 oldest = Math.max(block.timestamp - PARAMETERS.get(Parameter.RequestProofSeconds), REPORT.startedAt());
        if (anchor.timestamp < oldest) revert AnchorTooOld(anchor.timestamp, oldest);

        IBeaconVerifier verifier = VERIFIERS.current();
        _requireValidator(verifier, validatorId, anchor, proof);
        if (proof.validator.exitEpoch != FAR_FUTURE_EPOCH) {
            revert ValidatorIsExiting(validatorId, proof.validator.exitEpoch);
        }
        return _provenBalance(verifier, record.validatorIndex, anchor.header, balances);
    }

    function _requireTopUpAmount(bytes32 validatorId, uint256 amountWei, Gwei balance) private view {
        uint256 restWei = _missingWei(balance);
        if (restWei < MINIMUM_DEPOSIT_WEI) revert AlreadyToppedUp(validatorId);
        uint256 minimumWei = _minimumTopUpWei(restWei);
        if (amountWei < minimumWei || amountWei > restWei) revert InvalidTopUp(amountWei, minimumWei, restWei);
    }

    function _recordTopUp(bytes32 validatorId, Gwei amount, Gwei balance) private {
        ValidatorRecord storage record = _validators[validatorId];
        Deposits memory deposits = record.word.unpack();
        if (record.state == ValidatorState.Proven) _leavePending(record.setId, deposits);
        uint256 missingBeforeWei = _missingWei(deposits.sentGwei);
        deposits.sentGwei = Gwei.wrap(Gwei.unwrap(deposits.sentGwei) + Gwei.unwrap(amount));
        deposits.topUpGwei = amount;
        deposits.storedGwei = balance;
        deposits.reportNumber = uint32(REPORT.number());
        record.word = deposits.pack();
        _uncommit(missingBeforeWei - _missingWei(deposits.sentGwei));
        _addInFlight(amount);
        _markSpecial(record.validatorIndex);
        emit ToppedUp(validatorId, amount.toWei());
    }

    function _deposit(uint256 amountWei, bytes calldata pubkey, bytes memory signature, bytes32 root) private {
        bytes memory credentials = abi.encodePacked(withdrawalCredentials);
        DEPOSIT_CONTRACT.deposit{value: amountWei}(pubkey, credentials, signature, root);
    }

    /// @dev *Because* anyone may call for predeposits: spare keys could keep a proven one waiting for its ETH.
    function _requireNoTopUpLost() private view {
        uint256 unallocatedWei = POOL.unallocatedWei();
        uint256 leastWei = _minimumTopUpWei(TARGET_BALANCE_WEI - PREDEPOSIT_WEI);
        uint256 possible = Math.min(_totals.provenKeyCount, unallocatedWei / leastWei);
        if (unallocatedWei < possible * leastWei + PREDEPOSIT_WEI && possible > 0) {
            revert TopUpFirst(_totals.provenKeyCount, unallocatedWei);
        }
    }

    /// @dev MinimumTopUpWei or all that is missing, *because* many small deposits fill the queue of the beacon chain.
    function _minimumTopUpWei(uint256 missingWei) private view returns (uint256) {
        return Math.max(MINIMUM_DEPOSIT_WEI, Math.min(missingWei, PARAMETERS.get(Parameter.MinimumTopUpWei)));
    }

    function _reserveSharesPerSeat() private view returns (uint256) {
        uint256 shares = POOL.convertToShares(RESERVE_WEI);
        return Math.mulDiv(shares, RESERVE_MARGIN_PERCENT, 100 * SEATS, Math.Rounding.Ceil);
    }
}
